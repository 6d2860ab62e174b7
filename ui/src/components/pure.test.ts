import { describe, expect, test } from "vitest";
import type { StageMark } from "$/gen/api";
import { ansi } from "./ansi";
import { strip } from "./strip";
import { bar, endOf } from "./usual";
import { offsets, window } from "./virtual";

const stages = (marks: string) => [...marks].map((c, i) => ({ name: `S${i}`, mark: ({ o: "ok", x: "failed", ".": "none" } as Record<string, StageMark>)[c] ?? "none" }));

describe("stage strip", () => {
  test("five stages: a mark each 20 px, green up to where the run got", () => {
    const drawn = strip(stages("ooox."));
    expect(drawn.width).toBe(94);
    expect(drawn.pieces.map((p) => p.x)).toEqual([0, 20, 40, 60, 80]);
    expect(drawn.joints.map((j) => j.on)).toEqual([true, true, true, false]);
  });
  test("past seven the passed ones and the rest fold", () => {
    const drawn = strip(stages("ooooooox......"));
    expect(drawn.pieces.map((p) => (p.kind === "mark" ? p.mark : `${p.kind} ${p.n}`))).toEqual(["passed 6", "ok", "failed", "none", "more 5"]);
  });
  test("all passed, and none reached", () => {
    expect(strip(stages("oooooooooo")).pieces.at(-1)).toMatchObject({ kind: "mark", mark: "ok" });
    expect(strip(stages("..........")).pieces[0]).toMatchObject({ kind: "mark", mark: "none" });
    expect(strip([]).width).toBe(0);
  });
});

describe("elapsed against usual", () => {
  const usual = { median_ms: 500, p90_ms: 700, runs: 9 };
  test("p90 stands at 84 % until what runs is longer than the scale", () => {
    expect(bar(350, usual).p90).toBeCloseTo(0.84);
    expect(bar(350, usual).now).toBeCloseTo(0.42);
    expect(bar(7000, usual)).toEqual({ now: 1, median: 500 / 7000, p90: 0.1 });
  });
  test("a history of nothing divides by nothing", () => {
    expect(bar(0, { median_ms: 0, p90_ms: 0, runs: 1 })).toEqual({ now: 0, median: 0, p90: 0 });
  });
});

describe("escape codes", () => {
  const E = "\u001b";
  test.each([
    ["plain", [["plain", ""]]],
    [`${E}[31mred${E}[0m after`, [["red", "r"], [" after", ""]]],
    [`${E}[1;32mboth${E}[22m green`, [["both", "g bold"], [" green", "g"]]],
    [`${E}[38;5;31mindexed`, [["indexed", ""]]],
    [`${E}[38;2;31;32;33mtrue${E}[91mbright`, [["true", ""], ["bright", "r"]]],
    [`${E}[2J${E}[1;1Ha${E}]0;title\u0007b${E}]8;;http://x${E}\\c`, [["a", ""], ["b", ""], ["c", ""]]],
    ["a\u0000\u0008\u009bb\rc", [["abc", ""]]],
    ["a\u202etxt.exe", [["a\ufffdtxt.exe", ""]]],
    [`end${E}`, [["end", ""]]],
    ["<b>&lt;</b>", [["<b>&lt;</b>", ""]]],
  ])("%j", (line, runs) => {
    expect(ansi(line).map((r) => [r.text, r.style])).toEqual(runs);
  });
  test("a megabyte of unfinished sequences takes no time", () => {
    const began = performance.now();
    ansi(`${E}]`.repeat(500_000));
    ansi(`${E}[`.repeat(500_000));
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe("lines in sight", () => {
  const tops = offsets(Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? 28 : 32)));
  test("the first, the middle, the end", () => {
    expect(window(tops, 0, 640, 0)).toEqual({ from: 0, to: 21 });
    const middle = window(tops, 16000, 640, 0);
    expect(tops[middle.from]).toBeLessThanOrEqual(16000);
    expect(tops[middle.to]).toBeGreaterThanOrEqual(16640);
    expect(window(tops, 1e9, 640, 5).to).toBe(1000);
  });
  test("nothing", () => {
    expect(window(offsets([]), 0, 640)).toEqual({ from: 0, to: 0 });
  });
});

test("what runs ends as half of its runs did, then as nine of ten did, then nobody knows", () => {
  const usual = { median_ms: 100, p90_ms: 200, runs: 20 };
  expect(endOf(1000, 0, usual)).toEqual({ like: "median", at: 1100 });
  expect(endOf(1000, 100, usual)).toEqual({ like: "p90", at: 1200 });
  expect(endOf(1000, 200, usual)).toEqual({ like: "longer" });
});
