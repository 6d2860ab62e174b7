// Numbers of the rail, from the board as it is anyway read.

import { query } from "$/platform";
import type { Count } from "$/gen/api";

export interface Counts {
  /** Failed pipelines; none if there are none. */
  failed?: Count;
  /** Approvals that wait. */
  waiting?: Count;
  /** All pipelines. */
  pipelines?: Count;
}

export function useCounts(): { readonly now: Counts } {
  const board = query("board", () => ({}));
  const now = $derived.by((): Counts => {
    const of = (key: string) => board.data?.groups.find((g) => g.key === key)?.count;
    return { failed: of("failed"), waiting: of("waiting"), pipelines: board.data?.all };
  });
  return {
    get now() {
      return now;
    },
  };
}
