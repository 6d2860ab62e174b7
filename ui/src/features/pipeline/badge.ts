// The badge beside a pipeline's name: its state, and where.

import type { BoardRow } from "$/gen/api";
import { wordOf } from "$/components/health";
import { m } from "$/gen/messages";

export function badge(row: Pick<BoardRow, "health" | "aspect" | "stage">): string {
  const { health, aspect, stage } = row;
  if (!stage) return health === "ok" && !aspect ? m.badge.succeeded() : wordOf(health, aspect);
  if (health === "failed") return m.badge.failed({ stage });
  if (aspect === "waiting" || aspect === "stuck" || aspect === "stopped") return m.badge[aspect]({ stage });
  if (health === "running" && !aspect) return m.badge.running({ stage });
  return wordOf(health, aspect);
}
