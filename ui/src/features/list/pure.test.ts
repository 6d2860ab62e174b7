// Orders, grids and saved views, as values.

import { expect, test } from "vitest";
import { drift, offsets } from "$/components/virtual";
import { canHide, grid, heads, narrow, type Column } from "./columns";
import { clicked, known, upward } from "./order";
import { isNow, membersOf, withoutView, withView } from "./saved";

const own: Column[] = [
  { key: "phase", title: () => "Phase", text: () => "", width: "128px", as: "mono" },
  { key: "by", title: () => "By", text: () => "", width: "minmax(120px, 1fr)" },
];

test("a click orders, turns round, and goes back to what is usual", () => {
  expect(clicked({ sort: "need", descending: false }, "name")).toEqual({ sort: "name", descending: false });
  expect(clicked({ sort: "name", descending: false }, "name")).toEqual({ sort: "name", descending: true });
  expect(clicked({ sort: "name", descending: true }, "name")).toBeNull();
  expect(clicked({ sort: "name", descending: true }, "since")).toEqual({ sort: "since", descending: false });
  expect(known("name")).toBe("name");
  expect(known("cost")).toBeNull();
});

test("the arrow is of the figures shown: ages", () => {
  expect(upward({ sort: "since", descending: false })).toBe(true); // what changed last has the smallest age
  expect(upward({ sort: "read-at", descending: false })).toBe(false); // the oldest reading has the largest
  expect(upward({ sort: "name", descending: true })).toBe(false);
});

test("a grid of the columns shown: widths that were drawn, and how wide all are at least", () => {
  const all = heads(own);
  expect(all.map((h) => h.key)).toEqual(["name", "profile", "phase", "by", "since", "read"]);
  expect(all.filter((h) => !canHide(h)).map((h) => h.key)).toEqual(["name"]);
  expect(grid(all, {})).toEqual({ cols: "16px minmax(140px, 1.2fr) 92px 128px minmax(120px, 1fr) 44px 40px", least: 26 + 16 + 140 + 92 + 128 + 120 + 44 + 40 + 6 * 10 });
  const drawn = grid(all.filter((h) => h.key !== "profile"), { by: 300, phase: 2, gone: 500 });
  expect(drawn).toEqual({ cols: "16px minmax(140px, 1.2fr) 36px 300px 44px 40px", least: 26 + 16 + 140 + 36 + 300 + 44 + 40 + 5 * 10 });
  expect(narrow(all)).toBe("16px minmax(90px, 1.2fr) minmax(0, 92px) 128px 44px 40px");
  // What was kept by another version may be no width.
  expect(grid(all, { by: "wide" } as never).cols).toContain("minmax(120px, 1fr)");
});

test("what is in sight stays when something above comes or goes, and follows nobody who moves by himself", () => {
  const lines = (text: string) => [...text].map((id) => ({ id }));
  const tops = (text: string) => offsets([...text].map(() => 10));
  const seen = [["d", 30], ["e", 40], ["f", 50]] as const;
  expect(drift(seen, lines("abcdefg"), tops("abcdefg"))).toBe(0);
  expect(drift(seen, lines("xyabcdefg"), tops("xyabcdefg"))).toBe(20);
  expect(drift(seen, lines("bcdefg"), tops("bcdefg"))).toBe(-10);
  expect(drift(seen, lines("eabcdfg"), tops("eabcdfg"))).toBe(0); // e went to the top: d is lower by one, f is where it was
  expect(drift([["c", 20], ...seen], lines("eabcdfg"), tops("eabcdfg"))).toBe(10); // and most are lower by one
  expect(drift(seen, lines("mnop"), tops("mnop"))).toBe(0);
});

test("a saved view is known again, replaced by its name, and its list's own", () => {
  const now = membersOf({ text: "x", sort: null, open: "row" }, ["text", "sort"]);
  expect(now).toEqual({ text: "x", sort: null });
  const view = { list: "builds", name: "Mine", state: now };
  expect(isNow(view, { text: "x", sort: null })).toBe(true);
  expect(isNow(view, { text: "y", sort: null })).toBe(false);
  const views = withView(withView([view], { ...view, list: "board" }), { ...view, state: {} });
  expect(views.map((v) => [v.list, Object.keys(v.state).length])).toEqual([["builds", 0], ["board", 2]]);
  expect(withoutView(views, view).map((v) => v.list)).toEqual(["board"]);
});
