import { describe, expect, test } from "vitest";
import type { RunAction, RunStage, StageMark, Verb } from "$/gen/api";
import { CHECKOUT, checkout } from "$/platform/fixtures/checkout";
import { kindOf } from "../board/elapsed";
import { clip, layout, type Measure } from "./graph";
import { bars, tally } from "./history";
import { timesOf } from "./times";
import { arrange } from "./verbs";

const action = (name: string, run_order: number, mark: StageMark = "ok"): RunAction => ({ name, mark, category: "Build", provider: "CodeBuild", run_order, subject: null, status: null, duration_ms: null, started_at: null, note: null, url: null, runs_id: null });
const stage = (name: string, actions: RunAction[], mark: StageMark = "ok"): RunStage => ({ name, mark, transition_enabled: true, transition_reason: null, actions });
const measure: Measure = (text) => text.length * 6;
const seconds = (ms: number) => `${ms / 1000}s`;

describe("graph", () => {
  test("parallel actions are stacked, later ones stand to the right", () => {
    const g = layout([stage("Build", [action("Unit", 1), action("Image", 1), action("Scan", 2)])], 400, measure, seconds);
    const [unit, image, scan] = g.boxes;
    expect(image!.x).toBe(unit!.x);
    expect(image!.y - unit!.y).toBe(28);
    expect(scan!.x).toBeGreaterThan(unit!.x + unit!.width);
    expect(scan!.y).toBe(unit!.y);
  });
  test("a chain that does not fit goes on in the next line, and no box passes the edge", () => {
    const g = layout([stage("Deploy", Array.from({ length: 9 }, (_, i) => action(`Action${i}`, i)))], 400, measure, seconds);
    expect(Math.max(...g.boxes.map((b) => b.x + b.width))).toBeLessThanOrEqual(400);
    expect(new Set(g.boxes.map((b) => b.y)).size).toBeGreaterThan(1);
    expect(g.height).toBeGreaterThan(Math.max(...g.boxes.map((b) => b.y + 23)));
  });
  test("one name without end is clipped to the width", () => {
    const g = layout([stage("S".repeat(400), [action("W".repeat(3000), 1)])], 400, measure, seconds);
    expect(g.boxes[0]!.x + g.boxes[0]!.width).toBeLessThanOrEqual(400);
    expect(g.boxes[0]!.name.endsWith("…")).toBe(true);
    expect(g.stages[0]!.label.endsWith("…")).toBe(true);
  });
  test("the spine is on up to what was reached", () => {
    const g = layout([stage("A", []), stage("B", [], "failed"), stage("C", [], "none")], 400, measure, seconds);
    expect(g.edges.map((e) => e.on)).toEqual([true, false]);
  });
  test("a character of two units is not cut in half", () => {
    expect(clip("👩‍🚀👩‍🚀👩‍🚀", 20, (t) => [...t].length * 6)).not.toMatch(/[\ud800-\udbff]…/);
  });
});

describe("history", () => {
  const view = checkout(null);
  test("28 bars, newest at the right, failures crossed, the rollback an outline", () => {
    const drawn = bars(view.history, view.usual, 400, Date.parse(view.now));
    expect(drawn.bars).toHaveLength(28);
    expect(drawn.bars.at(-1)!.run.run_id).toBe(view.history[0]!.run_id);
    expect(drawn.bars.filter((b) => b.look === "bad")).toHaveLength(3);
    expect(drawn.bars.filter((b) => b.look === "back")).toHaveLength(1);
    expect(tally(view.history)).toEqual({ runs: 28, failed: 3, back: 1 });
  });
  test("one run of a day does not flatten the others", () => {
    const day = { ...view.history[5]!, run_id: "day", ended_at: new Date(Date.parse(view.history[5]!.started_at) + 86_400_000).toISOString() };
    const drawn = bars([day, ...view.history], view.usual, 400, Date.parse(view.now));
    expect(drawn.bars.at(-2)!.height).toBeGreaterThan(8);
    expect(drawn.bars.at(-1)!.height).toBe(34);
  });
  test("no history", () => {
    expect(bars([], null, 400, 0)).toMatchObject({ bars: [], median: null });
  });
});

test("a run that is over does not go on; one that cannot be read stands as last read", () => {
  const view = checkout(null);
  const now = Date.parse(view.now);
  expect(timesOf(view, now)).toMatchObject({ elapsed: 571_000, kind: "done" });
  const running = { ...view, execution: { ...view.execution!, status: "InProgress" }, row: { ...view.row, health: "running" as const, ended_at: null } };
  expect(timesOf(running, now)).toMatchObject({ elapsed: now - Date.parse(view.execution!.started_at!), kind: "run", end: null });
  const stale = { ...running, row: { ...running.row, stale: true, read_at: new Date(now - 60_000).toISOString() } };
  expect(timesOf(stale, now)!.elapsed).toBe(timesOf(running, now)!.elapsed - 60_000);
  expect(kindOf({ ended_at: null, aspect: "waiting", health: "attention" })).toBe("wait");
});

describe("verbs", () => {
  const verb = (id: string, part: string | null, why_not: string | null = null): Verb => ({ id, on: CHECKOUT, part, has_targets: false, why_not, is_undo: id === "rollback" });
  const all = [verb("start", null), verb("retry", "Build", "It did not fail"), verb("retry", "Deploy"), verb("rollback", "Build"), verb("rollback", "Deploy"), verb("stop", null)];
  test("failed: retry and roll back the stage that failed; the rest in the menu", () => {
    const { buttons, menu } = arrange(all, { health: "failed", aspect: null, stage: "Deploy" });
    expect(buttons.map((v) => `${v.id} ${v.part}`)).toEqual(["retry Deploy", "rollback Deploy"]);
    expect(menu).toHaveLength(4);
  });
  test.each([
    ["attention", "waiting", []],
    ["attention", "stuck", ["stop", "rollback"]],
    ["running", null, ["stop", "rollback"]],
    ["ok", null, ["start", "rollback"]],
  ] as const)("%s %s", (health, aspect, ids) => {
    expect(arrange(all, { health, aspect, stage: null }).buttons.map((v) => v.id)).toEqual(ids);
  });
});
