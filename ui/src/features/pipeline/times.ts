// Start, end and elapsed of the execution looked at. Pure.

import type { PipelineView } from "$/gen/api";
import { kindOf } from "../board/elapsed";

export interface Times {
  start: string;
  end: string | null;
  elapsed: number;
  kind: "run" | "wait" | "done";
}

const OVER = new Set(["Succeeded", "Superseded", "Failed", "Stopped", "Cancelled"]);

export function timesOf(view: Pick<PipelineView, "execution" | "row">, now: number): Times | undefined {
  const run = view.execution;
  if (!run?.started_at) return undefined;
  const end = OVER.has(run.status) ? run.updated_at : null;
  const until = end ? Date.parse(end) : view.row.stale ? Date.parse(view.row.read_at) : now;
  return { start: run.started_at, end, elapsed: Math.max(0, until - Date.parse(run.started_at)), kind: end || view.row.stale ? "done" : kindOf({ ...view.row, ended_at: null }) };
}
