// What the board asks for, by what the user has left it at.

import type { BoardParams, Segment } from "$/gen/api";
import { cache, viewState } from "$/platform";
import { scope } from "../profiles/scope.svelte";
import { FIRST_ROWS, groupKeys } from "./groups";

interface Kept {
  segment: Segment;
  text: string;
  folded: string[];
  /** Id of the row whose detail is open. */
  open: string | null;
}

/** The board as it was left, kept over a restart. */
export const keptBoard = (): Kept => viewState("board", { segment: "all", text: "", folded: ["ok"], open: null });

export const boardParams = (kept: Kept, limit: number) =>
  ({ segment: kept.segment, text: kept.text.trim() || null, regions: scope.regions, limit, folded: groupKeys(kept.folded) }) satisfies Partial<BoardParams>;

/** Asks for it before it is there. */
export const boardAhead = (): void => cache.ahead("board", boardParams(keptBoard(), FIRST_ROWS));
