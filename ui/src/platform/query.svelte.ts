// Reading: `query(name, params)` in a component gives data that keeps itself current.
//
// One entry a call and its parameters, shared by all that ask for it. An event whose tags concern it has it read again;
// until the answer comes the last data stays (no flicker). One read at a time an entry; changes meanwhile are read after.
// What was asked for under an older choice of profiles is dropped when it answers late (`cache.scopeChanged`).
// Deliberately not here: polling (the backend pushes), optimistic writes (nothing acts on the cache).

import { untrack } from "svelte";
import type { ApiError, Event } from "$/gen/api";
import { clock } from "./clock.svelte";
import { host } from "./current";
import { toApiError, type Answer, type CallName, type Params } from "./host";
import { concerns, tagsOf } from "./tags";

/**
 * After a read an entry rests this many times as long as it took, at most so long: where much changes at once and much is
 * shown, reading and drawing again must leave the page free. What is read within a frame does not rest.
 */
const REST = 3;
const FRAME_MS = 16;
const LONGEST_REST_MS = 200;

/** Entries nobody looks at are kept this many at most, so that going back is instant. */
const KEPT = 40;

class Entry {
  data = $state.raw<unknown>();
  error = $state.raw<ApiError | undefined>();
  /** Whether a first answer, good or bad, has come. */
  settled = $state(false);
  users = 0;
  reading = false;
  dirty = true;
  restsUntil = 0;
  private waking: ReturnType<typeof setTimeout> | undefined;
  readonly tags: string[];

  constructor(
    readonly name: CallName,
    readonly params: Record<string, unknown>,
  ) {
    this.tags = tagsOf(name, params);
  }

  async read(): Promise<void> {
    if (this.reading) {
      this.dirty = true;
      return;
    }
    this.reading = true;
    this.dirty = false;
    const scope = cache.scope;
    const began = performance.now();
    try {
      const answer = await host().call(this.name, this.params as Params<typeof this.name>);
      if (scope === cache.scope) this.take(answer);
    } catch (thrown) {
      if (scope === cache.scope) this.error = toApiError(thrown);
    } finally {
      this.reading = false;
      const now = performance.now();
      const took = now - began;
      if (scope === cache.scope && took > FRAME_MS) this.restsUntil = now + Math.min(REST * took, LONGEST_REST_MS);
      if (scope === cache.scope) this.settled = true;
      else this.dirty = true;
    }
    if (this.dirty) cache.wake(this);
  }

  private take(answer: unknown): void {
    if (typeof answer === "object" && answer !== null && "now" in answer) clock.set(String(answer.now));
    this.data = answer;
    this.error = undefined;
  }

  /** Whether it rests after its last read; if so, it is woken once it has. */
  rests(): boolean {
    const left = this.restsUntil - performance.now();
    if (left <= 0) return false;
    this.waking ??= setTimeout(() => {
      this.waking = undefined;
      cache.wake(this);
    }, left);
    return true;
  }

  forget(): void {
    this.restsUntil = 0;
    this.data = undefined;
    this.error = undefined;
    this.settled = false;
    this.dirty = true;
  }
}

class Cache {
  /** Counts the choices of profiles; an answer of an older one is dropped. */
  scope = 0;
  private entries = new Map<string, Entry>();
  private seq = 0;
  private heeding: { tag: string; told: () => void }[] = [];

  entry(name: CallName, params: Record<string, unknown>): Entry {
    const key = `${name} ${JSON.stringify(params)}`;
    let entry = this.entries.get(key);
    if (!entry) entry = new Entry(name, params);
    // Newest last: the oldest unused ones go first.
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry;
  }

  /** Reads an entry again if somebody looks at it and the page can be seen; else it stays marked. */
  wake(entry: Entry): void {
    if (!entry.dirty || entry.users === 0) return;
    // The first read never waits: nothing is shown before it.
    if (entry.settled && document.visibilityState === "hidden") return;
    if (entry.rests()) return;
    void entry.read();
  }

  heard(event: Event): void {
    const missed = event.seq !== this.seq + 1;
    this.seq = event.seq;
    for (const entry of this.entries.values()) {
      if (missed || entry.tags.some((tag) => event.tags.some((changed) => concerns(tag, changed)))) {
        entry.dirty = true;
        this.wake(entry);
      }
    }
    for (const { tag, told } of this.heeding) if (missed || event.tags.some((changed) => concerns(tag, changed))) told();
  }

  /** For what keeps its own data: is told when it changed, or may have. Returns what stops it. */
  heed(tag: string, told: () => void): () => void {
    const heeded = { tag, told };
    this.heeding.push(heeded);
    return () => void (this.heeding = this.heeding.filter((h) => h !== heeded));
  }

  /** Other profiles are shown now: what is in flight is of the old ones, and so is what is on the screen. */
  scopeChanged(): void {
    this.scope += 1;
    for (const [key, entry] of this.entries) {
      entry.forget();
      if (entry.users === 0) this.entries.delete(key);
      else this.wake(entry);
    }
  }

  /** Whether everything that somebody looks at has had its first answer. */
  answered(): boolean {
    return [...this.entries.values()].every((entry) => entry.users === 0 || entry.settled);
  }

  /** What is shown, as calls: name, and parameters as JSON. */
  shown(): [CallName, string][] {
    return [...this.entries.values()].filter((entry) => entry.users > 0).map((entry) => [entry.name, JSON.stringify(entry.params)]);
  }

  /** Asks for what is about to be shown, so that it is on its way while the page is still put together. */
  ahead<K extends CallName>(name: K, params: Params<K>): void {
    void this.entry(name, params).read();
  }

  trim(): void {
    for (const [key, entry] of this.entries) {
      if (this.entries.size <= KEPT) return;
      if (entry.users === 0) this.entries.delete(key);
    }
  }

  start(): () => void {
    const stop = host().events((event) => this.heard(event));
    const seen = () => {
      if (document.visibilityState !== "hidden") for (const entry of this.entries.values()) this.wake(entry);
    };
    document.addEventListener("visibilitychange", seen);
    return () => {
      stop();
      document.removeEventListener("visibilitychange", seen);
    };
  }
}

export const cache = new Cache();

export interface Query<T> {
  /** The answer, or the last one while a newer is read. */
  readonly data: T | undefined;
  /** Why there is no newer answer. */
  readonly error: ApiError | undefined;
  /** Whether anything, data or error, is there to show. */
  readonly settled: boolean;
  /** Reads again now. */
  again(): void;
}

/**
 * Data of a call, for as long as the component lives. `params` is a function: what it reads is followed; `undefined`
 * asks nothing. `keep`: while the answer to new parameters is awaited the old ones' data stays. Only where both are the
 * same thing seen otherwise (a filter), never where they are two things (another pipeline).
 */
export function query<K extends CallName>(
  name: K,
  params: () => Params<K> | undefined,
  options: { keep?: boolean } = {},
): Query<Answer<K>> {
  let entry = $state.raw<Entry | undefined>();
  let last = $state.raw<Entry | undefined>();

  $effect.pre(() => {
    const wanted = params();
    const next = wanted === undefined ? undefined : cache.entry(name, wanted);
    untrack(() => {
      if (next === entry) return;
      if (entry?.settled) last = entry;
      entry = next;
    });
    if (!next) return;
    next.users += 1;
    untrack(() => cache.wake(next));
    return () => {
      next.users -= 1;
      cache.trim();
    };
  });

  const shown = $derived(options.keep && entry && !entry.settled ? (last ?? entry) : entry);
  return {
    get data() {
      return shown?.data as Answer<K> | undefined;
    },
    get error() {
      return entry?.error;
    },
    get settled() {
      return shown?.settled ?? false;
    },
    again() {
      if (!entry) return;
      entry.dirty = true;
      entry.restsUntil = 0;
      cache.wake(entry);
    },
  };
}
