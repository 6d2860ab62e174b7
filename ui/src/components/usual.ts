// The scale of an elapsed-against-usual bar: its own history, p90 at 84 % of the width, unless what runs is longer. Pure.

import type { Usual } from "$/gen/api";

export interface Bar {
  now: number;
  median: number;
  p90: number;
}

export function bar(elapsedMs: number, usual: Usual): Bar {
  const full = Math.max(usual.p90_ms / 0.84, elapsedMs, 1);
  const part = (ms: number) => Math.min(1, Math.max(0, ms / full));
  return { now: part(elapsedMs), median: part(usual.median_ms), p90: part(usual.p90_ms) };
}

/** When something that runs is likely to end, by its own history: as half of its runs have, then as nine of ten have. */
export type End = { like: "median" | "p90"; at: number } | { like: "longer" };

export function endOf(startMs: number, elapsedMs: number, usual: Usual): End {
  if (elapsedMs < usual.median_ms) return { like: "median", at: startMs + usual.median_ms };
  if (elapsedMs < usual.p90_ms) return { like: "p90", at: startMs + usual.p90_ms };
  return { like: "longer" };
}
