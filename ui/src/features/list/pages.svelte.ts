// The rows of a list, page after page. The first page is a query, which events keep current; those behind it are read by
// `more`, and once more whenever the first has changed. Until all of them are there again what is shown stays as it is:
// pages neither vanish nor move under the reader.

import { untrack } from "svelte";
import type { ApiError, ListRow, Rows } from "$/gen/api";
import { host, query, toApiError, type Params } from "$/platform";

/** Rows of the first page, and of each behind it: those come when one is nearly there, so fewer and larger ones. */
const FIRST = 200;
const FURTHER = 1000;
/** What stands behind the first page rests this many times as long as it took to read, at most so long. */
const REST = 3;
const LONGEST_REST_MS = 4000;

type Asked = Params<"rows">;

/** One list, as long as it is asked for in this way. */
class List {
  /** What is shown: the first page, and the rows of all. */
  shown = $state.raw<{ first: Rows; rows: readonly ListRow[]; next: string | null }>()!;
  failed = $state.raw<ApiError | undefined>();
  private newest: Rows;
  private wanted = 0;
  private reading = false;

  constructor(
    readonly key: string,
    private readonly asked: Asked,
    first: Rows,
  ) {
    this.newest = first;
    this.shown = { first, rows: first.rows, next: first.next };
  }

  /** The first page is this now. */
  take(first: Rows): void {
    if (first === this.newest) return;
    this.newest = first;
    void this.read();
  }

  more(): void {
    if (this.reading || this.failed || !this.shown.next) return;
    this.wanted = this.shown.rows.length + 1;
    void this.read();
  }

  again(): void {
    this.failed = undefined;
    this.wanted = Math.max(this.wanted, this.shown.rows.length + 1);
    void this.read();
  }

  /** Reads as many rows as are wanted, behind the newest first page; what changes meanwhile is read after that. */
  private async read(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    try {
      for (;;) {
        const began = performance.now();
        const first = this.newest;
        const rows = this.shown.first === first ? [...this.shown.rows] : [...first.rows];
        let next = this.shown.first === first ? this.shown.next : first.next;
        // One that moved while its list was read would be in two pages.
        // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shows it
        const known = new Set(rows.map((r) => r.id));
        while (next && rows.length < this.wanted) {
          const page = await host().call("rows", { ...this.asked, after: next, limit: FURTHER });
          for (const row of page.rows) if (!known.has(row.id)) rows.push(row);
          for (const row of page.rows) known.add(row.id);
          next = page.next;
        }
        this.shown = { first, rows, next };
        this.failed = undefined;
        if (first === this.newest) return;
        const took = performance.now() - began;
        await new Promise((done) => setTimeout(done, Math.min(REST * took, LONGEST_REST_MS)));
      }
    } catch (thrown) {
      this.failed = toApiError(thrown);
    } finally {
      this.reading = false;
    }
  }
}

export interface Pages {
  /** The first page, with what is told of all of them; the one before while another list is awaited. */
  readonly first: Rows | undefined;
  readonly rows: readonly ListRow[];
  /** Whether there are more. */
  readonly next: boolean;
  /** Which list it is. */
  readonly key: string;
  /** Why there is nothing newer. */
  readonly error: ApiError | undefined;
  /** Why there is nothing further. */
  readonly failed: ApiError | undefined;
  /** Reads the next page, unless one is being read or could not be. */
  more(): void;
  /** Reads the next page once more. */
  retry(): void;
  again(): void;
}

/** Rows, for as long as the component lives. What `params` reads is followed. */
export function pages(params: () => Asked): Pages {
  const asked = $derived({ ...params(), limit: FIRST });
  const key = $derived(JSON.stringify(asked));
  const first = query("rows", () => asked);
  let list = $state.raw<List>();

  $effect.pre(() => {
    const data = first.data;
    const missing = data === undefined && (first.settled || list?.key === key);
    untrack(() => {
      if (data && list?.key === key) list.take(data);
      else if (data) list = new List(key, asked, data);
      // No answer is to come, or what was there is of other profiles: it does not stay. Else it does until the answer.
      else if (missing) list = undefined;
    });
  });
  return {
    get first() {
      return list?.shown.first;
    },
    get rows() {
      return list?.shown.rows ?? [];
    },
    get next() {
      return list?.shown.next != null;
    },
    get key() {
      return key;
    },
    get error() {
      return first.error;
    },
    get failed() {
      return list?.failed;
    },
    more: () => list?.more(),
    retry: () => list?.again(),
    again: () => first.again(),
  };
}
