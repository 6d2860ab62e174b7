// What was opened from the palette, how often and when: it ranks what is found, and is what is shown before anything is typed.

import type { ListRow } from "$/gen/api";
import { clock, viewState } from "$/platform";

/** A thing that was opened, as it was called then. */
export type Thing = Pick<ListRow, "id" | "kind" | "name" | "profile" | "colour" | "region">;

export interface Use {
  n: number;
  /** Unix milliseconds. */
  at: number;
  /** None for a command. */
  thing?: Thing;
}

/** No more are kept: those used longest ago go. */
const KEPT = 60;
const WEEK_MS = 7 * 24 * 3600_000;

const kept = () => viewState("palette", { used: {} as Record<string, Use> });

export const usesOf = (id: string): Use | undefined => kept().used[id];

/** Counts one more use. */
export function use(id: string, thing?: Thing): void {
  const state = kept();
  const now = { ...state.used, [id]: { n: (state.used[id]?.n ?? 0) + 1, at: clock.now, thing } };
  state.used = Object.fromEntries(Object.entries(now).sort(([, a], [, b]) => b.at - a.at).slice(0, KEPT));
}

/** The things opened last, newest first. */
export const lately = (most: number): Thing[] =>
  Object.values(kept().used)
    .sort((a, b) => b.at - a.at)
    .flatMap((u) => (u.thing ? [u.thing] : []))
    .slice(0, most);

/** What use adds to the score of a find: at most 60, half of it gone after a week. Pure. */
export const boost = (use: Pick<Use, "n" | "at"> | undefined, now: number): number =>
  use ? Math.min(60, 15 * Math.log2(1 + use.n)) * 2 ** -(Math.max(0, now - use.at) / WEEK_MS) : 0;
