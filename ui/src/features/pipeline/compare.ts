// A comparison of two runs as it is told: what is different first, what is not known after it, what is the same last.
// Whether something differs is decided behind the contract. Pure.

import type { ActionDiff, ComparedRun, Comparison, StageDiff } from "$/gen/api";

export interface Told {
  /** Stages in which something differs or is not known, each with those of its actions. */
  stages: { stage: StageDiff; actions: ActionDiff[] }[];
  /** What is the same in both. */
  same: { stage: string; action: ActionDiff }[];
  states: number;
  longer: number;
  shorter: number;
  unknown: number;
  /** The action that took the most longer. */
  slowest: { stage: string; action: ActionDiff; by: number } | undefined;
}

const rank = (stage: StageDiff): number => (stage.actions.some((a) => a.difference !== "none" && a.difference !== "unknown") || stage.difference === "state" ? 0 : 1);

export function told(stages: readonly StageDiff[]): Told {
  const all = stages.flatMap((s) => s.actions.map((action) => ({ stage: s.name, action })));
  const n = (difference: ActionDiff["difference"]) => all.filter(({ action }) => action.difference === difference).length;
  const grown = all.flatMap((a) => (a.action.difference !== "none" && a.action.longer_ms !== null && a.action.longer_ms > 0 ? [{ ...a, by: a.action.longer_ms }] : []));
  const shown = stages
    .map((stage) => ({ stage, actions: stage.actions.filter((a) => a.difference !== "none") }))
    .filter(({ stage, actions }) => actions.length > 0 || stage.difference === "state");
  return {
    stages: shown.sort((a, b) => rank(a.stage) - rank(b.stage)),
    same: all.filter(({ action }) => action.difference === "none"),
    states: n("state"),
    longer: n("longer"),
    shorter: n("shorter"),
    unknown: n("unknown"),
    slowest: grown.sort((a, b) => b.by - a.by)[0],
  };
}

/** What was told of a run besides its parts: a name, and its text in each. */
export interface Fact {
  name: string;
  run: string | null;
  with: string | null;
}

/** Facts that differ, and the names of those that do not. What is not known of one of the runs is no difference. */
export function facts(of: (run: ComparedRun) => readonly (readonly [name: string, text: string | null])[], run: ComparedRun, other: ComparedRun): { differ: Fact[]; same: Fact[] } {
  const others = new Map(of(other));
  const all = of(run).map(([name, text]): Fact => ({ name, run: text, with: others.get(name) ?? null }));
  const known = all.filter((f) => f.run !== null || f.with !== null);
  return { differ: known.filter((f) => f.run !== f.with), same: known.filter((f) => f.run === f.with) };
}

/** Runs of which nothing is known inside. */
export const unread = (comparison: Comparison): boolean => comparison.stages.some((s) => s.actions.some((a) => a.with.known === "unread" || a.run.known === "unread"));
