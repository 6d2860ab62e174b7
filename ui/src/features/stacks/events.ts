// The events of a stack as a list: which of them failed first in its operation, and which failures are the fallout. Pure.

import type { StackEvent, StackOperation } from "$/gen/api";

export interface EventLine {
  id: string;
  event: StackEvent;
  look: "first" | "fallout" | "plain";
  /** It begins an operation. */
  begins: boolean;
}

const BEGINS = /^(CREATE|UPDATE|DELETE|IMPORT)_IN_PROGRESS$/;
const begins = (e: StackEvent) => e.of_stack && BEGINS.test(e.status);

/** Newest first, as they came. `operation`: the one whose cause is known for certain. */
export function eventLines(events: readonly StackEvent[], operation: StackOperation | null): EventLine[] {
  const cause = operation?.cause;
  const isCause = (e: StackEvent) => cause !== undefined && cause !== null && e.at === cause.at && e.logical_id === cause.logical_id && e.status === cause.status;
  let failed = false;
  const oldestFirst = [...events].reverse().map((event): EventLine => {
    const starts = begins(event);
    if (starts) failed = false;
    let look: EventLine["look"] = "plain";
    if (event.status.endsWith("_FAILED")) {
      look = failed ? "fallout" : "first";
      failed = true;
    }
    return { id: event.id, event, look, begins: starts };
  });
  const known = oldestFirst.find((l) => isCause(l.event));
  // Of events of one instant AWS's order is not that of what happened: the operation knows which was first.
  if (known && known.look === "fallout") {
    const taken = oldestFirst.slice(0, oldestFirst.indexOf(known)).findLast((l) => l.look === "first");
    if (taken) taken.look = "fallout";
    known.look = "first";
  }
  return oldestFirst.reverse();
}

/** Those in which every word stands somewhere. */
export function fitting<T>(all: readonly T[], typed: string, texts: (item: T) => readonly (string | null)[]): readonly T[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return all;
  return all.filter((item) => {
    const text = texts(item).join("\n").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
