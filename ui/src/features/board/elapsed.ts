// How long the execution of a row runs or ran, and how its bar is drawn. Pure.

import type { BoardRow } from "$/gen/api";

export function elapsedOf(row: Pick<BoardRow, "started_at" | "ended_at" | "stale" | "read_at">, now: number): number | undefined {
  if (row.started_at === null) return undefined;
  // What cannot be read any more did not go on as far as anyone knows: its time stands as last read.
  const end = row.ended_at !== null ? Date.parse(row.ended_at) : row.stale ? Date.parse(row.read_at) : now;
  return Math.max(0, end - Date.parse(row.started_at));
}

export function kindOf(row: Pick<BoardRow, "ended_at" | "aspect" | "health">): "run" | "wait" | "done" {
  if (row.aspect === "waiting") return "wait";
  return row.ended_at === null && row.health !== "unknown" && row.health !== "failed" ? "run" : "done";
}
