// The rows of a list as a file: the selected ones, else all that fit the filter, also those that are not loaded. They are
// read page by page and put into text at once, since a hundred thousand rows are a hundred megabytes. How many of how many
// went into it is said; nothing is left out silently.

import type { Count } from "$/gen/api";
import { csvHead, csvLines, type Cells } from "$/components/table";
import { m } from "$/gen/messages";
import { count } from "$/i18n/format";
import { clock, saveFile, toApiError } from "$/platform";
import { toast } from "./toast.svelte";

/** No file has more rows; a spreadsheet takes not many more. */
export const MOST = 100_000;

export interface Page<T> {
  rows: readonly T[];
  /** How many there are in all. */
  all: Count;
  /** Whether there is a page behind it. */
  more: boolean;
}
export type Every<T> = () => AsyncIterable<Page<T>>;

export interface Wanted<T> {
  /** What the file is called after: `builds`. */
  list: string;
  kind: "csv" | "json";
  cells: Cells<T>;
  selected: readonly T[];
  every: Every<T>;
}

const indented = (row: unknown) => JSON.stringify(row, null, 2).replaceAll("\n", "\n  ");

class Written<T> {
  n = 0;
  private readonly parts: string[] = [];
  constructor(
    private readonly kind: "csv" | "json",
    private readonly cells: Cells<T>,
  ) {}
  add(rows: readonly T[]): void {
    if (this.kind === "csv") this.parts.push(csvLines(this.cells, rows));
    else for (const row of rows) this.parts.push(`${this.parts.length > 0 ? ",\n  " : "\n  "}${indented(row)}`);
    this.n += rows.length;
  }
  whole(): string {
    if (this.kind === "csv") return csvHead(this.cells) + this.parts.join("");
    return this.parts.length === 0 ? "[]\n" : `[${this.parts.join("")}\n]\n`;
  }
}

export async function saveRows<T>({ list, kind, cells, selected, every }: Wanted<T>): Promise<void> {
  const text = new Written<T>(kind, cells);
  let stopped = false;
  let all: Count | undefined;
  const stop = () => {
    stopped = true;
    toast.say(m.save.stopped());
  };
  try {
    if (selected.length > 0) text.add(selected);
    else {
      toast.say(m.save.begins(), true, stop);
      for await (const page of every()) {
        if (stopped) return;
        const room = MOST - text.n;
        text.add(page.rows.slice(0, room));
        const whole = !page.more && page.rows.length <= room;
        // Where the last page has come, they have been counted; a list that gives no more of them says how many there are.
        all = whole && (!page.all.exact || page.all.n <= text.n) ? { n: text.n, exact: true } : page.all;
        if (whole || text.n >= MOST) break;
        toast.say(m.save.reading({ n: count({ n: text.n, exact: true }), all: count(page.all) }), true, stop);
      }
      if (stopped) return;
      toast.say("");
    }
    const at = new Date(clock.now).toISOString().slice(0, 16).replace(":", "");
    const path = await saveFile(`skydeck-${list}-${at}Z.${kind}`, text.whole());
    const n = count({ n: text.n, exact: true });
    if (path === undefined) toast.say(m.save.none());
    else if (all && all.n > text.n) toast.say(m.save.some({ n, all: count(all), path }));
    else if (all && !all.exact) toast.say(m.save.first({ n, path }));
    else toast.say(m.save.done({ n: text.n, path }));
  } catch (thrown) {
    toast.say(m.save.failed({ why: toApiError(thrown).message }), false);
  }
}
