// What stands on the wall and how much of it fits; that it is honest about its age; that nothing on it acts, and that it is
// there again after a restart.

import { flushSync, mount, unmount } from "svelte";
import { afterEach, describe, expect, it, test } from "vitest";
import type { Settings } from "$/gen/api";
import { listen, registry } from "$/commands/registry.svelte";
import { cache, clock, setHost, settings, type Host } from "$/platform";
import { fixtureHost } from "$/platform/fixtures";
import { board } from "$/platform/fixtures/board";
import { ago, NOW } from "$/platform/fixtures/make";
import { rows } from "$/platform/fixtures/rows";
import { keptWall } from "./kept";
import { fitting, isOld, problems, running, tiles } from "./wall";
import Wall from "./Wall.svelte";

describe("what stands on it", () => {
  const full = board(rows, [], { folded: ["ok"] }, NOW);
  it("has what needs somebody in order of need, and what runs beside it", () => {
    expect(problems(full).rows.map((r) => r.name).slice(0, 5)).toEqual(["checkout-api", "payments-worker", "network-baseline", "image-resizer", "web-storefront"]);
    expect([problems(full).n, running(full).n]).toEqual([9, 5]);
    expect(running(full).rows.every((r) => r.health === "running")).toBe(true);
  });
  it("counts each health, none as well, but for what seldom is", () => {
    expect(tiles(full).map((t) => `${t.key} ${t.count.n}`)).toEqual(["failed 4", "waiting 3", "stuck 2", "running 5", "ok 44"]);
    expect(tiles(board([], [], {}, NOW)).map((t) => t.count.n)).toEqual([0, 0, 0, 0, 0]);
  });
  it.each([
    [9, 12, 9, 0],
    [9, 9, 9, 0],
    [9, 8, 7, 2],
    [9, 1, 0, 9],
    [0, 4, 0, 0],
  ])("of %i rows in room for %i shows %i and tells of %i more", (n, room, shown, more) => {
    const fits = fitting({ rows: problems(full).rows.slice(0, n), n, exact: true }, room);
    expect([fits.rows.length, fits.more]).toEqual([shown, more]);
  });
  it("tells of those that were not asked for, too", () => expect(fitting({ rows: rows.slice(0, 3), n: 1000, exact: false }, 10).more).toBe(997));
  it("is old once what rests should have been read again", () => {
    const now = Date.parse(NOW);
    expect([isOld(null, now), isOld(ago(300), now), isOld(ago(400), now)]).toEqual([true, false, true]);
  });
});

let app: object | undefined;
let stop: (() => void)[] = [];
let closed = 0;
const wait = async () => {
  await new Promise((done) => setTimeout(done));
  flushSync();
};
async function open(fixture: string, host: Partial<Host> = {}) {
  setHost({ ...fixtureHost(new URLSearchParams({ fixture })), ...host });
  settings.load({ theme: "dark", language: "en", views: {} });
  clock.set(NOW);
  closed = 0;
  app = mount(Wall, { target: document.body, props: { onclose: () => (closed += 1) } });
  stop = [listen(), cache.start()];
  await wait();
  await wait();
}
afterEach(async () => {
  stop.forEach((s) => s());
  if (app) await unmount(app);
  app = undefined;
  document.body.replaceChildren();
  cache.scopeChanged();
});
const text = () => (document.body.textContent ?? "").replace(/\s+/g, " ");
const press = (key: string, ctrlKey = false, shiftKey = false) => void document.body.dispatchEvent(new KeyboardEvent("keydown", { key, ctrlKey, shiftKey, bubbles: true, cancelable: true }));

test("nothing on it can be pressed, and the keys of the view below rest", async () => {
  await open("full");
  expect(text()).toContain("Needs somebody9");
  expect(document.querySelectorAll("button, a, input, [tabindex='0']")).toHaveLength(0);
  expect(registry.overlaid).toBe(true);
  press("j");
  expect(closed).toBe(0);
  press("Escape");
  expect(closed).toBe(1);
  press("F", true, true);
  expect(closed).toBe(2);
});

test("it is kept over a restart until it is left", async () => {
  const written: Settings[] = [];
  const base = fixtureHost(new URLSearchParams({ fixture: "full" }));
  await open("full", { call: async (name, params) => (name === "set_settings" && written.push(params as Settings), base.call(name, params)) });
  expect(keptWall().on).toBe(true);
  await new Promise((done) => setTimeout(done, 450));
  expect(written.at(-1)?.views["wall"]).toEqual({ on: true });
  if (app) await unmount(app);
  app = undefined;
  expect(keptWall().on).toBe(false);
});

test.each([
  ["empty", "Nothing needs anybody."],
  ["bare", "No profile is shown"],
  ["loading", "Nothing is in the cache yet. 12 of 54 sources were read."],
  ["partial", "Not read: shop-stg CodePipeline, shop-dev CodeBuild, shop-prod CodePipeline"],
  ["stale", "Signed out: shop-dev, shop-stg. Their rows are as last read."],
  ["offline", "Offline since 14:12."],
  ["error", "These rows are not renewed: The cache at"],
])("%s says %s", async (fixture, said) => {
  await open(fixture);
  expect(text()).toContain(said);
});

test("a row that is only as last read says so in the place of its elapsed time against the usual", async () => {
  await open("stale");
  expect(document.querySelector(".wrow.stale .wside")?.textContent).toContain("as read 8 min ago");
});
