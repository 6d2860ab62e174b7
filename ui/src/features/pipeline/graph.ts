// Lays out stages down a spine with their actions as boxes to the right: parallel ones stacked on a branch, later ones
// behind an arrow, on a new line where the width ends. Pure; texts are measured by the function passed in.

import type { RunAction, RunStage, StageMark } from "$/gen/api";

export interface Measure {
  (text: string, kind: "stage" | "action" | "duration"): number;
}
export interface Box {
  key: string;
  action: RunAction;
  x: number;
  y: number;
  width: number;
  /** Name, clipped to the box. */
  name: string;
  duration: string;
}
export interface StageLine {
  name: string;
  label: string;
  mark: StageMark;
  /** Vertical centre of its mark and of its first line of boxes. */
  y: number;
  held: boolean;
}
export interface Edge {
  d: string;
  on: boolean;
}
export interface Graph {
  height: number;
  stages: StageLine[];
  boxes: Box[];
  edges: Edge[];
}

const FIRST = 12;
const STAGE_GAP = 32;
const ROW = 28;
const BOX_H = 23;
const LABEL_X = 24;
const LABEL_MAX = 104;
const BOXES_X = 88;
const ARROW = 16.5;
const NAME_X = 26.5;
const PAD = 7.5;
const NAME_MIN = 32;
const TIME_GAP = 8;

const reached = (mark: StageMark): boolean => mark !== "none" && mark !== "off";

export function layout(stages: readonly RunStage[], width: number, measure: Measure, duration: (ms: number) => string): Graph {
  const graph: Graph = { height: 0, stages: [], boxes: [], edges: [] };
  const labels = stages.map((s) => clip(s.name, LABEL_MAX, (t) => measure(t, "stage")));
  const x0 = Math.max(BOXES_X, LABEL_X + Math.ceil(Math.max(0, ...labels.map((l) => measure(l, "stage")))) + 18);
  let y = FIRST;

  stages.forEach((stage, i) => {
    graph.stages.push({ name: stage.name, label: labels[i] ?? stage.name, mark: stage.mark, y, held: !stage.transition_enabled });
    const above = graph.stages[i - 1];
    if (above) graph.edges.push({ d: `M8 ${above.y + 9}V${y - 9}`, on: reached(stage.mark) });
    const labelEnd = LABEL_X + measure(labels[i] ?? "", "stage") + 6;
    const rows = lay(graph, stage, x0, y, labelEnd, width, measure, duration);
    y += STAGE_GAP + (rows - 1) * ROW;
  });
  graph.height = y - STAGE_GAP + 12;
  return graph;
}

/** Lays out the actions of one stage; answers how many rows of boxes it took. */
function lay(graph: Graph, stage: RunStage, x0: number, y0: number, labelEnd: number, width: number, measure: Measure, duration: (ms: number) => string): number {
  let x = x0;
  let top = 0;
  let deepest = 0;
  let before: { right: number; y: number } | undefined;

  for (const column of columns(stage.actions)) {
    const sized = column.map((action) => ({ action, time: action.duration_ms === null ? "" : duration(action.duration_ms) }));
    const want = (s: (typeof sized)[number]) => NAME_X + measure(s.action.name, "action") + (s.time ? TIME_GAP + measure(s.time, "duration") : 0) + PAD;
    const widest = Math.max(...sized.map(want));
    if (before && x + widest + 1 > width) {
      top = deepest;
      x = x0 + ARROW;
      before = undefined;
      graph.edges.push({ d: `M${x0} ${y0 + top * ROW}h12m-4-3 4 3-4 3`, on: column.some((a) => reached(a.mark)) });
    }
    const boxWidth = Math.min(widest, Math.max(NAME_X + NAME_MIN, width - x - 1));
    sized.forEach((s, row) => {
      const y = y0 + (top + row) * ROW;
      const room = boxWidth - NAME_X - PAD - (s.time ? TIME_GAP + measure(s.time, "duration") : 0);
      graph.boxes.push({ key: `${stage.name} ${s.action.name}`, action: s.action, x: x + 0.5, y: y - 11.5, width: boxWidth - 1, name: clip(s.action.name, room, (t) => measure(t, "action")), duration: s.time });
      const on = reached(s.action.mark);
      if (row > 0) graph.edges.push({ d: `M${x - 10} ${y - ROW}V${y - 4}q0 4 4 4H${x}`, on });
      else if (before) graph.edges.push({ d: `M${before.right} ${y}h${ARROW - 2.5}m-4-3 4 3-4 3`, on });
      else if (top === 0) graph.edges.push({ d: `M${labelEnd} ${y}H${x}`, on });
    });
    deepest = Math.max(deepest, top + column.length);
    before = { right: x + boxWidth, y: y0 };
    x += boxWidth + ARROW;
  }
  return Math.max(1, deepest);
}

/** Actions by run order: equal ones run in parallel. */
function columns(actions: readonly RunAction[]): RunAction[][] {
  const orders = [...new Set(actions.map((a) => a.run_order))].sort((a, b) => a - b);
  return orders.map((order) => actions.filter((a) => a.run_order === order));
}

/** The text, or as much of it as fits with an ellipsis. */
export function clip(text: string, room: number, measure: (text: string) => number): string {
  if (measure(text) <= room) return text;
  const chars = [...text];
  let low = 0;
  let high = chars.length;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (measure(`${chars.slice(0, mid).join("")}…`) <= room) low = mid;
    else high = mid - 1;
  }
  return `${chars.slice(0, low).join("")}…`;
}

export const BOX_HEIGHT = BOX_H;
