// Bars of the run history: height is duration, a cross a failure, an outline a rollback, dotted the median. Pure.

import type { HistoryRun, Usual } from "$/gen/api";

export interface RunBar {
  run: HistoryRun;
  x: number;
  y: number;
  width: number;
  height: number;
  look: "ok" | "bad" | "back" | "run" | "off";
}
export interface Bars {
  bars: RunBar[];
  pitch: number;
  median: number | null;
}

export const SHOWN = 28;
const BASE = 45;
const TALLEST = 34;
const LEAST = 2;

export const tookMs = (run: HistoryRun, now: number): number => Math.max(0, (run.ended_at ? Date.parse(run.ended_at) : now) - Date.parse(run.started_at));

const look = (run: HistoryRun): RunBar["look"] => {
  if (run.outcome === "failed") return "bad";
  if (run.outcome === "running") return "run";
  if (run.outcome !== "succeeded") return "off";
  return run.rollback ? "back" : "ok";
};

/** Bars from the oldest to the newest. A run three times as long as usual reaches the top: one outlier hides no other. */
export function bars(history: readonly HistoryRun[], usual: Usual | null, width: number, now: number): Bars {
  const runs = history.slice(0, SHOWN).reverse();
  const pitch = width / Math.max(SHOWN, 1);
  const longest = Math.max(1, ...runs.map((r) => tookMs(r, now)));
  const full = usual ? Math.min(longest, usual.p90_ms * 2) : longest;
  const height = (ms: number) => Math.max(LEAST, Math.min(1, ms / full) * TALLEST);
  return {
    pitch,
    median: usual && usual.median_ms <= full ? BASE - height(usual.median_ms) : null,
    bars: runs.map((run, i) => {
      const h = height(tookMs(run, now));
      return { run, x: i * pitch, y: BASE - h, width: Math.max(3, pitch - 5.3), height: h, look: look(run) };
    }),
  };
}

export function tally(history: readonly HistoryRun[]): { runs: number; failed: number; back: number } {
  const runs = history.slice(0, SHOWN);
  return { runs: runs.length, failed: runs.filter((r) => r.outcome === "failed").length, back: runs.filter((r) => r.rollback).length };
}
