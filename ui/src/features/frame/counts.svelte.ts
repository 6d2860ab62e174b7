// Numbers of the rail and of what stands over every view: the board's counts.

import { query } from "$/platform";
import type { Count } from "$/gen/api";
import { boardCounts } from "../board/ask.svelte";

export interface Counts {
  /** Failed pipelines; none if there are none. */
  failed?: Count;
  /** Approvals that wait. */
  waiting?: Count;
  /** All pipelines, once any were read. */
  pipelines?: Count;
}

export function useCounts(): { readonly now: Counts } {
  const board = query("board", boardCounts, { keep: true });
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
