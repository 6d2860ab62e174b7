// Numbers of the rail and of what stands over every view: the board's counts, without its rows, which are many.

import { query } from "$/platform";
import type { Count } from "$/gen/api";
import { GROUPS } from "../board/groups";

/** The board for its counts and for what could not be read. */
export const COUNTS = { folded: GROUPS };

export interface Counts {
  /** Failed pipelines; none if there are none. */
  failed?: Count;
  /** Approvals that wait. */
  waiting?: Count;
  /** All pipelines, once any were read. */
  pipelines?: Count;
}

export function useCounts(): { readonly now: Counts } {
  const board = query("board", () => COUNTS);
  const now = $derived.by((): Counts => {
    const of = (key: string) => board.data?.groups.find((g) => g.key === key)?.count;
    return { failed: of("failed"), waiting: of("waiting"), pipelines: board.data?.any_read ? board.data.all : undefined };
  });
  return {
    get now() {
      return now;
    },
  };
}
