// Which verbs stand as buttons and which in the menu behind "…", by what the pipeline needs now. Pure.

import type { BoardRow, Verb } from "$/gen/api";

const FIRST: Record<string, readonly string[]> = {
  failed: ["retry", "rollback"],
  waiting: ["approve", "reject"],
  running: ["stop", "rollback"],
  other: ["start", "rollback"],
};

export function arrange(verbs: readonly Verb[], row: Pick<BoardRow, "health" | "aspect" | "stage">): { buttons: Verb[]; menu: Verb[] } {
  const need = row.health === "failed" ? "failed" : row.aspect === "waiting" ? "waiting" : row.health === "running" || row.aspect === "stuck" ? "running" : "other";
  const buttons = (FIRST[need] ?? []).flatMap((id) => {
    const same = verbs.filter((v) => v.id === id);
    // The stage that matters first; else one that can be used; a rollback of several stages is chosen in the menu.
    const found = same.find((v) => v.part?.split("/")[0] === row.stage) ?? same.find((v) => v.why_not === null) ?? same[0];
    return found ? [found] : [];
  });
  return { buttons, menu: verbs.filter((v) => !buttons.includes(v)) };
}
