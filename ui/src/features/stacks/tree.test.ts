// The tree of stacks: groups, nesting, what is folded, what arrows do; whatever is missing, looped or many.

import { expect, test } from "vitest";
import type { ListRow, StackDetail } from "$/gen/api";
import { manyStacks, stackRows } from "$/platform/fixtures/stacks";
import { counts, DEEPEST, groups, lines, nameWithin, sideways, stacksOf, type Group, type Line } from "./tree";

const idOf = (name: string) => `p/arn:${name}`;
function row(name: string, more: Partial<ListRow> = {}, detail: Partial<StackDetail> = {}): ListRow {
  return { id: idOf(name), arn: `arn:${name}`, kind: "cloudformation.stack", name, profile: "p", account: "111122223333", region: "eu-west-1", health: "ok", status: "UPDATE_COMPLETE", detail: { drift: "IN_SYNC", ...detail }, ...more } as ListRow;
}
const nested = (name: string, parent: string, more: Partial<ListRow> = {}) => row(name, more, { parent_id: `arn:${parent}` });
const told = (all: readonly Line[]) => all.map((line) => (line.kind === "group" ? `# ${line.group.title || line.group.kind}` : `${"  ".repeat(line.level)}${line.row.name}`));

test("apps come first, then what has none, stack sets, and the quiet rest; what needs somebody before what does not", () => {
  const all = groups(stackRows, "tree");
  expect(all.map((g) => g.id)).toEqual(["app shop-platform", "app search-platform", "plain", "set security-baseline", "rest"]);
  const [app, , plain, set, rest] = all as [Group, Group, Group, Group, Group];
  expect(app.stages).toEqual(["prod", "stg"]);
  expect(app.libraries).toEqual(["2.219.0"]);
  expect(app.n).toBe(7);
  expect(plain.roots.map((n) => n.row.name)).toEqual(["sandbox-vpn", "orders-queue", "legacy-mail"]);
  expect([set.accounts, set.regions, set.set?.name]).toEqual([3, 2, "security-baseline"]);
  expect([rest.n, rest.profiles]).toEqual([47, [["shop-dev", 20], ["shop-prod", 12], ["shop-stg", 15]]]);
});

test("nested stacks stand under the stack that they are nested in, of the same profile alone", () => {
  const other = { ...row("top"), id: "q/arn:top", profile: "q" };
  const all = groups([nested("inner", "child"), row("top"), other, nested("child", "top", { health: "failed" })], "tree");
  expect(told(lines(all, []))).toEqual(["# plain", "  top", "    child", "      inner", "  top"]);
  expect(all[0]?.roots[0]?.rank).toBe(0);
});

test("a nested stack whose parent is not here, and stacks that are nested in each other, are all there", () => {
  const all = groups([nested("orphan", "gone"), nested("a", "b"), nested("b", "a"), nested("self", "self")], "tree");
  expect(stacksOf(all).map((r) => r.name).sort()).toEqual(["a", "b", "orphan", "self"]);
});

test("a nested stack belongs to its parent's app, though its own template may tell of none", () => {
  const all = groups([row("top", {}, { cdk: { path: "shop/top", app: "shop", stage: null, library: null } }), nested("child", "top")], "tree");
  expect(all.map((g) => [g.id, g.n])).toEqual([["app shop", 2]]);
});

test("no row is indented without end", () => {
  const chain = Array.from({ length: 20 }, (_, i) => (i === 0 ? row("s0") : nested(`s${i}`, `s${i - 1}`)));
  const levels = lines(groups(chain, "tree"), []).flatMap((l) => (l.kind === "stack" ? [l.level] : []));
  expect(levels).toHaveLength(20);
  expect(Math.max(...levels)).toBe(DEEPEST);
});

test("problems and drifted are parts of it, and counted; drift alone is no problem", () => {
  const rows = [row("bad", { health: "failed" }), row("drifted", { health: "attention" }, { drift: "DRIFTED" }), row("review", { health: "attention" }), row("well")];
  expect(counts(rows)).toEqual({ tree: 4, problems: 2, drifted: 1 });
  expect(told(lines(groups(rows, "problems"), []))).toEqual(["# plain", "  bad", "  review"]);
  expect(told(lines(groups(rows, "drifted"), []))).toEqual(["# plain", "  drifted"]);
});

test("in a large tree the quiet groups are folded, and none is while one filters", () => {
  const app = (i: number) => row(`s${i}`, { health: i === 0 ? "failed" : "ok" }, { cdk: { path: "", app: `app-${i % 2}`, stage: null, library: null } });
  const all = groups(Array.from({ length: 50 }, (_, i) => app(i)), "tree");
  expect(lines(all, []).flatMap((l) => (l.kind === "group" ? [[l.id, l.folded]] : []))).toEqual([["app app-0", false], ["app app-1", true]]);
  expect(lines(all, ["app app-0", "app app-1"]).flatMap((l) => (l.kind === "group" ? [l.folded] : []))).toEqual([true, false]);
  expect(lines(all, [], true)).toHaveLength(52);
});

test("arrows fold, unfold, and go up and in", () => {
  const all = groups([row("top", { health: "failed" }), nested("child", "top")], "tree");
  const open = lines(all, []);
  expect(sideways(open, idOf("child"), "out")).toEqual({ go: idOf("top") });
  expect(sideways(open, idOf("top"), "in")).toEqual({ go: idOf("child") });
  expect(sideways(open, idOf("top"), "out")).toEqual({ turn: idOf("top") });
  const folded = lines(all, [idOf("top")]);
  expect(told(folded)).toEqual(["# plain", "  top"]);
  expect(sideways(folded, idOf("top"), "in")).toEqual({ turn: idOf("top") });
  expect(sideways(folded, idOf("top"), "out")).toEqual({ go: "plain" });
  expect(sideways(folded, "plain", "out")).toEqual({ turn: "plain" });
  expect(sideways(open, idOf("child"), "in")).toBeUndefined();
  expect(sideways(open, "nothing", "in")).toBeUndefined();
});

test("names are told by what differs within their group", () => {
  expect(nameWithin({ name: "net-VpcNested-1KQ7X0", region: "r" }, "net")).toBe("VpcNested");
  expect(nameWithin({ name: "elsewhere-VpcNested", region: "r" }, "net")).toBe("elsewhere-VpcNested");
  expect(nameWithin({ name: "StackSet-base-5f0a", region: "eu-west-1" }, "StackSet")).toBe("eu-west-1");
  expect(nameWithin({ name: "net", region: "r" }, "")).toBe("net");
});

test("of five thousand each stands in the tree once", () => {
  const all = groups(manyStacks, "tree");
  const made = lines(all, all.map((g) => g.id));
  const ids = stacksOf(all).map((r) => r.id);
  expect(new Set(ids).size).toBe(manyStacks.length);
  expect(new Set(made.map((l) => l.id)).size).toBe(made.length);
});
