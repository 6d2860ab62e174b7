// What the stage strip draws: a 14 px mark a stage on a pitch of 20 px, 6 px joints. Past seven stages the passed ones
// fold to `✓7` and the rest to `+4`. Pure.

import type { StageCell, StageMark } from "$/gen/api";

const MARK = 14;
const PITCH = 20;
const FOLD_PAST = 7;
const SHOWN = 3;
const FOLD_W = 22;

export type Piece = { x: number } & ({ kind: "mark"; mark: StageMark } | { kind: "passed" | "more"; n: number });
export interface Joint {
  x: number;
  on: boolean;
}
export interface Strip {
  width: number;
  pieces: Piece[];
  joints: Joint[];
}

export function strip(stages: readonly StageCell[]): Strip {
  if (stages.length <= FOLD_PAST) return lay(stages, 0, 0);
  // The stage that matters is the first that has not passed; what is shown starts one before it.
  const first = stages.findIndex((s) => s.mark !== "ok");
  const at = first === -1 ? stages.length - SHOWN : Math.min(Math.max(0, first - 1), stages.length - SHOWN);
  return lay(stages.slice(at, at + SHOWN), at, stages.length - at - SHOWN);
}

function lay(stages: readonly StageCell[], passed: number, more: number): Strip {
  const pieces: Piece[] = [];
  const joints: Joint[] = [];
  let x = 0;
  if (passed > 0) {
    pieces.push({ kind: "passed", n: passed, x });
    x += FOLD_W;
  }
  stages.forEach((stage, i) => {
    pieces.push({ kind: "mark", mark: stage.mark, x });
    if (i < stages.length - 1) joints.push({ x: x + MARK + 1, on: stage.mark === "ok" });
    x += PITCH;
  });
  if (more > 0) {
    pieces.push({ kind: "more", n: more, x });
    x += FOLD_W;
  }
  return { width: more > 0 ? x : Math.max(0, x - PITCH + MARK), pieces, joints };
}
