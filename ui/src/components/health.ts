// Which mark and which word stand for a health. Waiting and stuck are kinds of attention and have marks of their own.

import type { Aspect, Health, RunOutcome, StageMark } from "$/gen/api";
import { m } from "$/gen/messages";

export type MarkName = Health | StageMark;

export function markOf(health: Health, aspect: Aspect | null): MarkName {
  if (health === "attention" && (aspect === "waiting" || aspect === "stuck")) return aspect;
  if (health === "attention" && aspect === "stopped") return "stopped";
  return health;
}

export function wordOf(health: Health, aspect: Aspect | null): string {
  return aspect ? m.aspect[aspect]() : m.health[health]();
}

/** Health whose colour a stage's mark takes. */
export function healthOfStage(mark: StageMark): Health | null {
  if (mark === "waiting" || mark === "stuck") return "attention";
  if (mark === "failed" || mark === "running" || mark === "ok" || mark === "unknown") return mark;
  return null;
}

const OUTCOMES: Record<RunOutcome, { health: Health; mark: MarkName }> = {
  running: { health: "running", mark: "running" },
  succeeded: { health: "ok", mark: "ok" },
  failed: { health: "failed", mark: "failed" },
  stopped: { health: "unknown", mark: "stopped" },
  superseded: { health: "retired", mark: "retired" },
};
export const outcome = (o: RunOutcome): { health: Health; mark: MarkName } => OUTCOMES[o];
