// What a stack's detail is made of: bars of an operation, changes as rows, events, the text of a template, exports, the
// instances of a set.

import { beforeEach, expect, test } from "vitest";
import type { EntryDiff, ListRow, ResourceChange, ResourceSpan, SpanMark, StackEvent, StackInstance, StackOperation } from "$/gen/api";
import { settings } from "$/platform";
import { diffLines, ofChangeSet, ofDrift, ofTemplates, tally } from "./changes";
import { eventLines, fitting } from "./events";
import { exported, imported, importsOf } from "./exports";
import { gridOf, healthOfInstance, wordOfInstance } from "./set";
import { gantt, telling } from "./spans";
import { hitsIn, parted, PIECE, textLines } from "./text";

beforeEach(() => settings.load({ theme: "dark", language: "en", views: {} }));

const START = Date.parse("2026-11-22T13:00:00.000Z");
const at = (s: number) => new Date(START + s * 1000).toISOString();
const span = (logical_id: string, mark: SpanMark, from: number, to: number | null, more: Partial<ResourceSpan> = {}): ResourceSpan => ({ logical_id, resource_type: "AWS::EC2::EIP", physical_id: null, mark, status: "", started_at: at(from), ended_at: to === null ? null : at(to), reason: null, of_stack: false, ...more });

test("a resource is one lane with its way there and back; the first failure is where its bar ends", () => {
  const drawn = gantt([span("A", "complete", 0, 50), span("B", "failed", 10, 60), span("A", "rolled-back", 70, 100)], null, START);
  expect(drawn.lanes.map((l) => [l.name, l.mark, l.bars.length, l.isFirstFailure])).toEqual([["A", "ok", 2, false], ["B", "failed", 1, true]]);
  expect(drawn.failedAt).toBeCloseTo(0.6);
  expect(drawn.lanes[0]?.bars.map((b) => [b.from, b.size])).toEqual([[0, 0.5], [0.7, 0.30000000000000004]]);
});

test("what runs goes on to now, and nothing lies outside of the axis", () => {
  const drawn = gantt([span("A", "running", 0, null), span("B", "complete", 119, 119)], null, START + 120_000);
  expect(drawn.lanes[0]?.bars[0]?.size).toBe(1);
  for (const bar of drawn.lanes.flatMap((l) => l.bars)) expect(bar.from + bar.size).toBeLessThanOrEqual(1.000001);
});

test("a stack and a resource of the same name are two lanes", () => {
  expect(gantt([span("net", "fallout", 0, 10, { of_stack: true }), span("net", "complete", 2, 5)], null, START).lanes).toHaveLength(2);
});

test.each([[1, 2], [45, 6], [604, 6], [7200, 6], [900_000, 6]])("an axis of %i s has at most %i marks after its beginning, and they are round", (seconds, most) => {
  const { ticks } = gantt([span("A", "complete", 0, seconds)], null, START);
  expect(ticks[0]).toEqual({ at: 0, after: 0 });
  expect(ticks.length - 1).toBeLessThanOrEqual(most);
  for (const tick of ticks) expect(tick.after % 1000).toBe(0);
});

test("no spans are no bars", () => {
  expect(gantt([], null, START)).toMatchObject({ lanes: [], ticks: [], failedAt: null });
});

test("of five hundred lanes those that tell something come first, in order of time", () => {
  const many = Array.from({ length: 500 }, (_, i) => span(`R${i}`, "complete", i, i + 1));
  const drawn = gantt([...many, span("Slow", "complete", 5, 400), span("Bad", "failed", 300, 310), span("Busy", "running", 2, null)], null, START + 600_000);
  const few = telling(drawn.lanes);
  expect(few).toHaveLength(12);
  expect(few.map((l) => l.name)).toEqual(expect.arrayContaining(["Slow", "Bad", "Busy"]));
  const begins = few.map((l) => l.bars[0]!.span.started_at);
  expect([...begins].sort()).toEqual(begins);
  expect(telling(drawn.lanes.slice(0, 3))).toHaveLength(3);
});

const change = (action: string, logical_id: string, more: Partial<ResourceChange> = {}): ResourceChange => ({ action, logical_id, physical_id: null, resource_type: "AWS::EC2::EIP", replacement: null, policy: null, properties: [], nested: null, ...more });

test("a change set is counted by kind, and says what is replaced for certain and what maybe", () => {
  const changes = ofChangeSet([change("Add", "A"), change("Import", "B"), change("Modify", "C", { replacement: "True" }), change("Modify", "D", { replacement: "Conditional" }), change("Modify", "E", { replacement: "False" }), change("Remove", "F"), change("Dynamic", "G")]);
  expect(tally(changes)).toEqual({ add: 2, modify: 3, remove: 1, other: 1 });
  expect(changes.map((c) => c.replaces)).toEqual([null, null, "yes", "maybe", "no", null, null]);
});

test("what is unfolded shows its properties, and what is not set says so", () => {
  const changes = ofChangeSet([change("Modify", "A", { replacement: "True", properties: [{ path: "P", before: null, after: "1" }] }), change("Modify", "B", { properties: [{ path: "Q", before: "1", after: null }] })]);
  const replaced = (c: { replaces: string | null }) => c.replaces === "yes";
  expect(diffLines(changes, new Set(), replaced).map((l) => l.kind)).toEqual(["change", "property", "change"]);
  expect(diffLines(changes, new Set(changes.map((c) => c.id)), replaced).map((l) => l.kind)).toEqual(["change", "change", "property"]);
  expect(changes[0]?.properties[0]).toMatchObject({ before: { text: "not set", none: "unset" }, after: { text: "1" } });
});

test("two changes of one resource are two rows", () => {
  const lines = diffLines(ofChangeSet([change("Remove", "A"), change("Add", "A")]), new Set(), () => false);
  expect(new Set(lines.map((l) => l.id)).size).toBe(2);
});

test("templates differ by section; a hidden value is not shown, and a cut one says so", () => {
  const text = (t: string, more = {}) => ({ text: t, is_cut: false, is_masked: false, ...more });
  const entry = (section: string, name: string | null, more: Partial<EntryDiff> = {}): EntryDiff => ({ section, name, change: "modify", resource_type: null, was_type: null, replaces: false, properties: [], ...more });
  const sections = ofTemplates([
    entry("Description", null, { properties: [{ attribute: null, path: "", change: "modify", before: text("a"), after: text("b…", { is_cut: true }) }] }),
    entry("Resources", "A", { resource_type: "T2", was_type: "T1", replaces: true, properties: [{ attribute: "DeletionPolicy", path: "", change: "add", before: null, after: text("Retain") }, { attribute: "Properties", path: "X[1].Y", change: "modify", before: text("CANARY", { is_masked: true }), after: text("CANARY", { is_masked: true }) }] }),
  ]);
  expect(sections.map((s) => s.section)).toEqual(["Description", "Resources"]);
  expect(sections[0]?.changes[0]).toMatchObject({ name: "Description", properties: [{ path: "Description", after: { text: "b…" } }] });
  expect(sections[0]?.changes[0]?.properties[0]?.after.title).toContain("left out");
  expect(sections[1]?.changes[0]).toMatchObject({ replaces: "yes", note: "was T1", properties: [{ path: "DeletionPolicy", before: { none: "unset" } }, { path: "X[1].Y", before: { none: "hidden" } }] });
  expect(JSON.stringify(sections)).not.toContain("CANARY");
});

test("drift tells what the template has before what is there", () => {
  expect(ofDrift([{ logical_id: "A", resource_type: "T", status: "DELETED", properties: [] }, { logical_id: "B", resource_type: "T", status: "MODIFIED", properties: [{ path: "P", before: "1", after: "2" }] }])).toMatchObject([{ sign: "remove" }, { sign: "modify", properties: [{ before: { text: "1" }, after: { text: "2" } }] }]);
});

const event = (id: string, s: number, logical_id: string, status: string, of_stack = false): StackEvent => ({ id, at: at(s), logical_id, physical_id: null, resource_type: "T", status, reason: null, token: null, of_stack });

test("of each operation the first failure stands out, and later ones are its fallout", () => {
  const events = [event("7", 70, "net", "UPDATE_IN_PROGRESS", true), event("6", 60, "net", "UPDATE_ROLLBACK_COMPLETE", true), event("5", 50, "C", "CREATE_FAILED"), event("4", 40, "B", "CREATE_FAILED"), event("3", 30, "net", "UPDATE_IN_PROGRESS", true), event("2", 20, "A", "CREATE_FAILED"), event("1", 10, "net", "CREATE_IN_PROGRESS", true)];
  expect(eventLines(events, null).map((l) => [l.id, l.look, l.begins])).toEqual([["7", "plain", true], ["6", "plain", false], ["5", "fallout", false], ["4", "first", false], ["3", "plain", true], ["2", "first", false], ["1", "plain", true]]);
});

test("where two failed in one instant, the operation knows which was first", () => {
  const events = [event("3", 20, "B", "CREATE_FAILED"), event("2", 20, "A", "CREATE_FAILED"), event("1", 10, "net", "UPDATE_IN_PROGRESS", true)];
  const operation = { cause: { logical_id: "B", at: at(20), status: "CREATE_FAILED" } } as StackOperation;
  expect(eventLines(events, operation).map((l) => l.look)).toEqual(["first", "fallout", "plain"]);
});

test("every word has to stand somewhere", () => {
  const texts = (t: string) => [t, null];
  expect(fitting(["EipC CREATE_FAILED", "EipC CREATE_COMPLETE"], "eip failed", texts)).toEqual(["EipC CREATE_FAILED"]);
  expect(fitting(["a"], "  ", texts)).toEqual(["a"]);
});

test("a line of a megabyte is drawn in pieces that are the same text, and no character is torn", () => {
  const long = `${"x".repeat(PIECE - 1)}😀${"y".repeat(1_000_000)}`;
  const lines = textLines(`first\r\n${long}\nlast`);
  expect(lines.filter((l) => l.number !== null).map((l) => l.number)).toEqual([1, 2, 3]);
  expect(lines.slice(1, -1).map((l) => l.text).join("")).toBe(long);
  expect(lines.every((l) => l.text.length <= PIECE + 1 && !/[\ud800-\udbff]$/.test(l.text))).toBe(true);
  expect(new Set(lines.map((l) => l.id)).size).toBe(lines.length);
});

test("what is looked for is found whatever its case, and the line stays the same text", () => {
  const lines = textLines("Nat\nnone\nNATNat");
  expect(hitsIn(lines, "nat")).toEqual([0, 2]);
  expect(hitsIn(lines, "")).toEqual([]);
  expect(parted("a NATNat b", "nat")).toEqual([{ text: "a ", hit: false }, { text: "NAT", hit: true }, { text: "Nat", hit: true }, { text: " b", hit: false }]);
  expect(parted("İi", "i").map((p) => p.text).join("")).toBe("İi");
});

const stack = (name: string, outputs: { key: string; export: string | null }[] = []): ListRow => ({ id: `p/${name}`, kind: "cloudformation.stack", name, health: "ok", detail: { outputs } }) as unknown as ListRow;

test("exports lead to the stacks that import them, by name, where those are here", () => {
  const output = { key: "VpcId", value: "v", description: null, export: "net-VpcId", hidden: false };
  expect(exported([output], [{ name: "net-VpcId", stacks: ["web", "gone"] }, { name: "old", stacks: [] }], [stack("web")])).toMatchObject([
    { name: "net-VpcId", output: "VpcId", importers: [{ name: "web", id: "p/web" }, { name: "gone", id: null }] },
    { name: "old", output: null, importers: [] },
  ]);
});

test("imports are read from JSON and YAML; what is put together is counted and not guessed", () => {
  expect(importsOf('{"A":{"Fn::ImportValue":"net-VpcId"},"B":{"Fn::ImportValue":{"Fn::Sub":"${X}-Y"}},"C":{"Fn::ImportValue" : "net-VpcId"}}')).toEqual({ names: ["net-VpcId"], computed: 1 });
  expect(importsOf("A: !ImportValue net-VpcId\nB:\n  Fn::ImportValue: 'dns-Zone'\nC: !ImportValue\n  Fn::Sub: x\n")).toEqual({ names: ["dns-Zone", "net-VpcId"], computed: 1 });
  expect(imported(["net-VpcId", "nobody"], [stack("net", [{ key: "V", export: "net-VpcId" }])])).toMatchObject([{ name: "net-VpcId", from: { name: "net" } }, { name: "nobody", from: null }]);
});

const instance = (account: string, region: string, status: string, more: Partial<StackInstance> = {}): StackInstance => ({ account, region, stack_arn: null, status, detailed_status: null, reason: null, drift: null, last_operation: null, ...more });

test("instances are a grid with the accounts in trouble first, and gaps where there is none", () => {
  const { regions, rows } = gridOf([instance("1", "b", "CURRENT"), instance("1", "a", "CURRENT"), instance("2", "a", "OUTDATED", { detailed_status: "FAILED" })]);
  expect(regions).toEqual(["a", "b"]);
  expect(rows.map((r) => [r.account, r.bad, r.cells.map((c) => c.instance?.status ?? null)])).toEqual([["2", 1, ["OUTDATED", null]], ["1", 0, ["CURRENT", "CURRENT"]]]);
});

test.each([
  ["CURRENT", null, null, "ok", "CURRENT"],
  ["CURRENT", "SUCCEEDED", "DRIFTED", "attention", "CURRENT"],
  ["OUTDATED", "FAILED", null, "failed", "FAILED"],
  ["OUTDATED", "RUNNING", null, "running", "RUNNING"],
  ["OUTDATED", null, null, "attention", "OUTDATED"],
  ["INOPERABLE", null, null, "failed", "INOPERABLE"],
  ["SOMETHING_NEW", null, null, "unknown", "SOMETHING_NEW"],
])("an instance that is %s, %s, %s", (status, detailed_status, drift, health, word) => {
  const of = instance("1", "a", status, { detailed_status, drift });
  expect([healthOfInstance(of), wordOfInstance(of)]).toEqual([health, word]);
});
