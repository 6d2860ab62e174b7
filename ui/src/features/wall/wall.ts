// The board for a big screen: what needs somebody, what runs, and the count of each health. Pure.

import type { Board, BoardGroup, BoardRow, Count, GroupKey } from "$/gen/api";

/** What needs somebody, most first. What ran unseen is the last of it. */
const PROBLEMS: readonly GroupKey[] = ["failed", "waiting", "stuck", "attention", "unknown"];
/** The counts, in the order they stand. The two that are mostly none are left out while they are none. */
const COUNTED: readonly GroupKey[] = ["failed", "waiting", "stuck", "attention", "running", "unknown", "ok"];
const SELDOM: readonly GroupKey[] = ["attention", "unknown"];

export interface Tile {
  key: GroupKey;
  count: Count;
  /** How many of them are only as last read. */
  stale: number;
}

/** Rows of a column, and how many there are altogether. */
export interface Column {
  rows: BoardRow[];
  n: number;
  exact: boolean;
}

const NONE: Count = { n: 0, exact: true };

export function tiles(board: Board): Tile[] {
  const of = (key: GroupKey) => board.groups.find((g) => g.key === key);
  return COUNTED.map((key): Tile => ({ key, count: of(key)?.count ?? NONE, stale: of(key)?.stale ?? 0 })).filter((t) => t.count.n > 0 || !SELDOM.includes(t.key));
}

function column(groups: readonly BoardGroup[]): Column {
  return { rows: groups.flatMap((g) => g.rows), n: groups.reduce((n, g) => n + g.count.n, 0), exact: groups.every((g) => g.count.exact) };
}

export const problems = (board: Board): Column => column(PROBLEMS.flatMap((key) => board.groups.filter((g) => g.key === key)));
export const running = (board: Board): Column => column(board.groups.filter((g) => g.key === "running"));

/** As many of the rows as there is room for; where that is not all, the last place tells how many more. */
export function fitting({ rows, n }: Column, room: number): { rows: BoardRow[]; more: number } {
  const shown = n > room ? Math.max(0, room - 1) : room;
  return { rows: rows.slice(0, shown), more: n - Math.min(rows.length, shown, n) };
}

/** Nothing was read for so long that what is shown may be otherwise by now. What runs is read every few seconds, what rests every five minutes. */
const OLD_MS = 6 * 60_000;
export const isOld = (newest: string | null, now: number): boolean => newest === null || now - Date.parse(newest) > OLD_MS;
