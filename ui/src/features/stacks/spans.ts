// The bars of an operation: a lane a resource, on one time axis. Of many lanes those that tell something stand first, the
// others are on request. Pure.

import type { ResourceSpan, SpanMark, StackOperation } from "$/gen/api";
import type { MarkName } from "$/components/health";

export interface Bar {
  /** Where it begins and how long it is, in parts of the axis. */
  from: number;
  size: number;
  mark: SpanMark;
  span: ResourceSpan;
  /** Milliseconds. */
  took: number;
}
export interface Lane {
  /** Logical id, once for each resource. */
  id: string;
  name: string;
  type: string;
  physical: string | null;
  mark: MarkName;
  bars: Bar[];
  isFirstFailure: boolean;
  isStack: boolean;
  reason: string | null;
}
export interface Tick {
  at: number;
  /** Milliseconds after the beginning; the first is the beginning itself. */
  after: number;
}
export interface Gantt {
  lanes: Lane[];
  ticks: Tick[];
  start: number;
  end: number;
  /** Where the first failure is, in parts of the axis. */
  failedAt: number | null;
}

/** A bar is never thinner, in parts of the axis. */
const THINNEST = 0.006;
const MOST_TICKS = 6;
const S = 1000;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 604800].map((s) => s * S);
/** So many lanes are shown at first. */
export const FEW = 12;

const MARKS: Record<SpanMark, MarkName> = { running: "running", complete: "ok", failed: "failed", fallout: "stopped", "rolled-back": "ok" };
/** What a lane is by, if it has several bars: the most telling of them. */
const TELLING: readonly SpanMark[] = ["failed", "running", "fallout", "complete", "rolled-back"];

const begin = (s: ResourceSpan) => Date.parse(s.started_at);

export function gantt(spans: readonly ResourceSpan[], operation: Pick<StackOperation, "started_at" | "ended_at" | "cause"> | null, now: number): Gantt {
  const start = Math.min(...spans.map(begin), operation ? Date.parse(operation.started_at) : Infinity, Infinity);
  const over = (s: ResourceSpan) => (s.ended_at ? Date.parse(s.ended_at) : Math.max(now, begin(s)));
  const end = Math.max(start + S, ...spans.map(over), operation?.ended_at ? Date.parse(operation.ended_at) : 0);
  if (!Number.isFinite(start)) return { lanes: [], ticks: [], start: now, end: now, failedAt: null };
  const part = (ms: number) => (ms - start) / (end - start);
  const lanes = new Map<string, Lane>();
  for (const span of [...spans].sort((a, b) => begin(a) - begin(b))) {
    const id = `${span.of_stack ? "stack " : ""}${span.logical_id}`;
    const size = Math.max(THINNEST, part(over(span)) - part(begin(span)));
    const bar: Bar = { from: Math.min(part(begin(span)), 1 - size), size, mark: span.mark, span, took: Math.max(0, over(span) - begin(span)) };
    const lane = lanes.get(id);
    if (lane) lane.bars.push(bar);
    else lanes.set(id, { id, name: span.logical_id, type: span.resource_type, physical: span.physical_id, mark: "none", bars: [bar], isFirstFailure: false, isStack: span.of_stack, reason: null });
  }
  for (const lane of lanes.values()) {
    const telling = TELLING.map((mark) => lane.bars.find((b) => b.mark === mark)).find(Boolean);
    lane.mark = telling ? MARKS[telling.mark] : "none";
    lane.isFirstFailure = lane.bars.some((b) => b.mark === "failed");
    lane.reason = lane.bars.find((b) => b.span.reason && b.mark !== "complete")?.span.reason ?? null;
  }
  const failed = spans.find((s) => s.mark === "failed");
  const at = failed ? over(failed) : operation?.cause ? Date.parse(operation.cause.at) : null;
  return { lanes: [...lanes.values()], ticks: ticks(start, end), start, end, failedAt: at === null ? null : Math.min(1, Math.max(0, part(at))) };
}

function ticks(start: number, end: number): Tick[] {
  const all = end - start;
  const step = STEPS.find((s) => all / s <= MOST_TICKS) ?? STEPS.at(-1)!;
  return Array.from({ length: Math.min(MOST_TICKS, Math.floor(all / step)) + 1 }, (_, i) => ({ at: (i * step) / all, after: i * step })).filter((t) => t.at <= 1);
}

const WEIGHT: Record<SpanMark, number> = { failed: 0, running: 1, fallout: 3, "rolled-back": 4, complete: 5 };
/** How telling a lane is; less is more. The stack itself says how long all of it took. */
const weight = (lane: Lane) => (lane.isStack ? 2 : Math.min(...lane.bars.map((b) => WEIGHT[b.mark])));
const took = (lane: Lane) => Math.max(...lane.bars.map((b) => b.took));

/** The lanes that are shown at first, in order of time: all of a few; of many the failed, the running, the stack, then the longest. */
export function telling(lanes: readonly Lane[], most = FEW): Lane[] {
  if (lanes.length <= most) return [...lanes];
  const chosen = new Set([...lanes].sort((a, b) => weight(a) - weight(b) || took(b) - took(a)).slice(0, most));
  return lanes.filter((lane) => chosen.has(lane));
}
