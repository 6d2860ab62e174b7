import { expect, test } from "vitest";
import { foldedBelow, lines, textOf, unfolded } from "./json";

const value = { name: 'a"b\n', n: 1.5, none: null, yes: true, empty: [], nothing: {}, list: [1, { deep: ["x", "y"] }], last: "z" };

test("the lines are the JSON, and each knows where what it opens ends", () => {
  const all = lines(value);
  expect(textOf(all)).toBe(JSON.stringify(value, null, 2));
  for (const [at, line] of all.entries()) {
    if (!line.opens) continue;
    expect(all[line.opens.end]?.depth).toBe(line.depth);
    expect(line.opens.end).toBeGreaterThan(at);
  }
  expect(textOf(lines("alone"))).toBe('"alone"');
});

test("what turns the direction of text round is written out, and is still the same text", () => {
  const evil = { "\u202ekey": "safe\u202egpj.exe\u2066" };
  const text = textOf(lines(evil));
  expect(text).not.toMatch(/[\u202e\u2066]/);
  expect(JSON.parse(text)).toEqual(evil);
});

test("what is folded hides what is in it, also what is folded in that", () => {
  const all = lines(value);
  const shown = (folded: Set<number>) => unfolded(all, folded).map((at) => all[at]?.name.slice(1, -3));
  expect(shown(foldedBelow(all, 1))).toEqual(["", "name", "n", "none", "yes", "empty", "nothing", "list", "last", ""]);
  expect(unfolded(all, new Set())).toHaveLength(all.length);
  expect(unfolded(all, foldedBelow(all, 0))).toEqual([0]);
});
