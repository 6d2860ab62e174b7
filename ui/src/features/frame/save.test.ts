// A list as a file: all of it, page after page, and what is said of how much of it that is.

import { beforeEach, expect, test } from "vitest";
import { clock, setHost, settings, type Host } from "$/platform";
import { m } from "$/gen/messages";
import { fixtureHost } from "$/platform/fixtures";
import { NOW } from "$/platform/fixtures/make";
import { everyRow } from "../list/every";
import { MOST, saveRows, type Every, type Wanted } from "./save";
import { toast } from "./toast.svelte";

interface Row {
  id: string;
}
let saved: [name: string, text: string] | undefined;
const host = (more: Partial<Host> = {}) => setHost({ ...fixtureHost(new URLSearchParams()), save: (name, text) => ((saved = [name, text]), Promise.resolve(`/home/you/${name}`)), ...more });
const rows = (from: number, n: number): Row[] => Array.from({ length: n }, (_, i) => ({ id: `r${from + i}` }));
const ids = (text: string) => (JSON.parse(text) as Row[]).map((r) => r.id);

/** Pages of so many rows each. */
const paged = (...sizes: number[]): Every<Row> =>
  async function* () {
    let from = 0;
    for (const [i, size] of sizes.entries()) {
      yield { rows: rows(from, size), all: { n: 1000, exact: false }, more: i < sizes.length - 1 };
      from += size;
      await Promise.resolve();
    }
  };
const want = (every: Every<Row>, more: Partial<Wanted<Row>> = {}): Wanted<Row> => ({ list: "builds", kind: "json", cells: [["Id", (r) => r.id]], selected: [], every, ...more });

beforeEach(() => {
  saved = undefined;
  settings.load({ theme: "dark", language: "en", views: {} });
  host();
  clock.set(NOW);
});

test("every page goes into the file, and how many they are is said", async () => {
  await saveRows(want(paged(1000, 1000, 400)));
  expect(saved?.[0]).toBe("skydeck-builds-2026-11-22T1424Z.json");
  expect(ids(saved![1])).toEqual(rows(0, 2400).map((r) => r.id));
  expect(toast.text).toBe(m.save.done({ n: 2400, path: `/home/you/${saved![0]}` }));
  await saveRows(want(paged(1, 1), { kind: "csv" }));
  expect(saved![1]).toBe("Id\r\nr0\r\nr1\r\n");
  await saveRows(want(paged(0)));
  expect(ids(saved![1])).toEqual([]);
});

test("of rows that are selected only those", async () => {
  await saveRows(want(() => { throw new Error("nothing is read"); }, { selected: rows(7, 2) }));
  expect(ids(saved![1])).toEqual(["r7", "r8"]);
});

test("more than a file takes are cut, and that is said", async () => {
  await saveRows(want(paged(MOST - 1, 5, 5), { kind: "csv" }));
  expect(saved![1].split("\r\n")).toHaveLength(MOST + 2);
  expect(toast.text).toBe(m.save.first({ n: "100,000", path: `/home/you/${saved![0]}` }));
  const known: Every<Row> = async function* () {
    yield { rows: rows(0, 3), all: { n: 5, exact: true }, more: false };
    await Promise.resolve();
  };
  await saveRows(want(known));
  expect(toast.text).toBe(m.save.some({ n: "3", all: "5", path: `/home/you/${saved![0]}` }));
});

test("stopped, thought better of and failed, nothing is saved and that is said", async () => {
  const stopping: Every<Row> = async function* () {
    yield { rows: rows(0, 2), all: { n: 1000, exact: false }, more: true };
    toast.stop?.();
    yield* paged(1)();
  };
  await saveRows(want(stopping));
  expect([saved, toast.text, toast.stop]).toEqual([undefined, m.save.stopped(), undefined]);
  host({ save: () => Promise.resolve(null) });
  await saveRows(want(paged(1)));
  expect(toast.text).toBe(m.save.none());
  host({ save: () => Promise.reject({ code: "local", message: "The disk is full.", info: null }) });
  await saveRows(want(paged(1)));
  expect([toast.text, toast.done]).toEqual([m.save.failed({ why: "The disk is full." }), false]);
});

test("a list is read to its end, and what moved meanwhile is in it once", async () => {
  const asked: unknown[] = [];
  const world = fixtureHost(new URLSearchParams());
  const page = await world.call("rows", { kinds: ["codebuild.build"] });
  const call = ((_: string, params: { after: string | null }) => {
    asked.push(params);
    return Promise.resolve({ ...page, rows: params.after ? page.rows.slice(1, 4) : page.rows.slice(0, 2), next: params.after ? null : "k" });
  }) as unknown as Host["call"];
  host({ call });
  const got: string[] = [];
  for await (const { rows } of everyRow({ kinds: ["codebuild.build"], text: "shop" })) got.push(...rows.map((r) => r.id));
  expect(got).toEqual(page.rows.slice(0, 4).map((r) => r.id));
  expect(asked).toEqual([null, "k"].map((after) => ({ kinds: ["codebuild.build"], text: "shop", after, limit: 1000 })));
});
