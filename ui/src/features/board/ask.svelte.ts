// What the board asks for, by what the user has left it at.

import type { BoardParams, Segment } from "$/gen/api";
import { cache, viewState } from "$/platform";
import { known, type Order } from "../list/order";
import { scope } from "../profiles/scope.svelte";
import { FIRST_ROWS, groupKeys, GROUPS } from "./groups";

/** The order within a group, unless another one is chosen: the groups stand in it anyway. */
export const USUAL = "need";

interface Kept {
  segment: Segment;
  text: string;
  folded: string[];
  /** What the rows of a group are ordered by; none is as usual. */
  sort: string | null;
  descending: boolean;
  /** Columns that are not shown, and widths that were drawn, by key. */
  hidden: string[];
  widths: Record<string, number>;
  /** Id of the row whose detail is open. */
  open: string | null;
}

/** The board as it was left, kept over a restart. */
export const keptBoard = (): Kept => viewState("board", { segment: "all", text: "", folded: ["ok"], sort: null, descending: false, hidden: [], widths: {}, open: null });

export const orderOf = (kept: Kept): Order => ({ sort: known(kept.sort) ?? USUAL, descending: kept.descending });

export const boardParams = (kept: Kept, limit: number) =>
  ({ segment: kept.segment, text: kept.text.trim() || null, regions: scope.regions, ...orderOf(kept), limit, folded: groupKeys(kept.folded) }) satisfies Partial<BoardParams>;

type Asked = ReturnType<typeof boardParams>;

let shown = $state.raw<Asked>();

/** The board on the screen asks for this; nothing, once it is gone. */
export const boardShown = (asked: Asked | undefined): void => void (shown = asked);

/**
 * What to ask for its counts and for what could not be read: what the board on the screen asks for anyway, unless that
 * leaves anything out; else all of it without rows, which are many.
 */
export const boardCounts = (): Partial<BoardParams> => (shown?.segment === "all" && !shown.text && shown.regions.length === 0 ? shown : { folded: GROUPS });

/** Asks for it before it is there. */
export function boardAhead(): void {
  const asked = boardParams(keptBoard(), FIRST_ROWS);
  boardShown(asked);
  cache.ahead("board", asked);
}
