// The board as one flat list of lines: group heads and rows, folded groups without theirs. Pure.

import type { Board, BoardGroup, BoardRow, GroupKey, Health } from "$/gen/api";
import type { MarkName } from "$/components/health";
import { beside } from "../list/cursor.svelte";

export type Line = { kind: "group"; id: string; group: BoardGroup; folded: boolean } | { kind: "row"; id: string; row: BoardRow } | { kind: "more"; id: string; n: number };

export const HEALTH_OF: Record<GroupKey, Health> = {
  failed: "failed",
  waiting: "attention",
  stuck: "attention",
  attention: "attention",
  running: "running",
  unknown: "unknown",
  ok: "ok",
};
export const MARK_OF: Record<GroupKey, MarkName> = { failed: "failed", waiting: "waiting", stuck: "stuck", attention: "attention", running: "running", unknown: "unknown", ok: "ok" };

/** The groups among these words: what was kept by another version may name others. */
export const groupKeys = (words: readonly string[]): GroupKey[] => words.filter((word): word is GroupKey => word in HEALTH_OF);

/** Every group. */
export const GROUPS = groupKeys(Object.keys(HEALTH_OF));

export const HEIGHT = { group: 28, row: 32, more: 28 } as const;

export function lines(board: Board, folded: readonly string[]): Line[] {
  return board.groups.flatMap((group): Line[] => {
    // One that was just unfolded stays as it was until its rows are there.
    const isFolded = folded.includes(group.key) || (group.rows.length === 0 && group.ticks.length > 0);
    const head: Line = { kind: "group", id: `group ${group.key}`, group, folded: isFolded };
    if (isFolded) return [head];
    const rows = group.rows.map((row): Line => ({ kind: "row", id: row.id, row }));
    const rest = group.count.n - group.rows.length;
    return rest > 0 ? [head, ...rows, { kind: "more", id: `more ${group.key}`, n: rest }] : [head, ...rows];
  });
}

/** Whether everything in the group is only as last read. */
export const allStale = (group: BoardGroup): boolean => group.stale > 0 && group.stale === group.count.n;

/** Rows of a group at first: as many as the window has room for. More come as one gets there. */
export const FIRST_ROWS = Math.ceil(innerHeight / HEIGHT.row);
/** The backend's most. */
const MOST_ROWS = 1000;

/** How many rows of a group to ask for once the end of those that are there is in sight. */
export const moreRows = (limit: number): number => Math.min(2 * limit, MOST_ROWS);

/** The row after or before the one with this id, whatever stands between. */
export const step = (all: readonly Line[], from: string | null, by: 1 | -1): BoardRow | undefined => beside(all.flatMap((l) => (l.kind === "row" ? [l.row] : [])), from, by);
