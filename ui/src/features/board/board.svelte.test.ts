// The board as mounted, on fixtures: keys, selection over a refresh, folding, hostile text.

import { flushSync, mount, unmount } from "svelte";
import { afterEach, expect, test } from "vitest";
import type { Event as Told, GroupKey, GroupParams } from "$/gen/api";
import { listen, registry } from "$/commands/registry.svelte";
import { cache, clock, setHost, settings, viewState, type Host } from "$/platform";
import { fixtureHost } from "$/platform/fixtures";
import { toast } from "../frame/toast.svelte";
import { loadDetail } from "../pipeline/load";
import Board from "./Board.svelte";
import { grids, HEADS } from "./columns";
import { everyRow } from "./every";
import { FIRST_ROWS, groupKeys, HEIGHT, lines, step } from "./groups";
import { board, groupRows } from "$/platform/fixtures/board";
import { NOW } from "$/platform/fixtures/make";
import { rows } from "$/platform/fixtures/rows";

let app: object | undefined;
let stop: (() => void)[] = [];
const wait = async (ms = 0) => {
  await new Promise((done) => setTimeout(done, ms));
  flushSync();
};
const press = (key: string) => {
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  flushSync();
};

async function open(fixture: string, host: Partial<Host> = {}) {
  const made = { ...fixtureHost(new URLSearchParams({ fixture })), ...host };
  setHost(made);
  settings.load({ theme: "dark", language: "en", views: {} });
  clock.set(NOW);
  app = mount(Board, { target: document.body });
  stop = [listen(), cache.start()];
  await wait();
  await wait();
  return made;
}

afterEach(async () => {
  stop.forEach((s) => s());
  if (app) await unmount(app);
  app = undefined;
  document.body.replaceChildren();
  cache.scopeChanged();
});

const names = () => [...document.querySelectorAll(".row .name")].map((n) => n.textContent?.trim());
const selected = () => document.querySelector('.row[aria-selected="true"] .name')?.textContent?.trim();

test("problems first, the quiet folded into ticks, the unread at the end", async () => {
  await open("full");
  expect(names().slice(0, 5)).toEqual(["checkout-api", "payments-worker", "network-baseline", "image-resizer", "web-storefront"]);
  expect(names()).toHaveLength(14);
  expect(document.querySelectorAll(".quiet i")).toHaveLength(44);
  expect(document.querySelectorAll(".quiet i.u")).toHaveLength(6);
  expect(document.querySelector(".unread")?.textContent).toContain("2 sources could not be read.");
  expect(document.querySelector(".strip")?.getAttribute("aria-label")).toBe("Source succeeded, Build succeeded, Approve succeeded, Deploy failed, Verify not reached");
});

test("j k move, Enter opens, the detail follows, Escape closes", async () => {
  await open("full");
  press("j");
  press("j");
  press("k");
  press("Enter");
  await loadDetail();
  await wait();
  expect(selected()).toBe("checkout-api");
  expect(document.querySelector(".detail h2")?.textContent).toBe("checkout-api");
  press("j");
  await wait();
  expect(selected()).toBe("payments-worker");
  press("Escape");
  await wait();
  expect(document.querySelector(".detail")).toBeNull();
});

test("the selection stays over a refresh, though the row moved", async () => {
  let heard: ((e: Told) => void) | undefined;
  let moved = false;
  const base = fixtureHost(new URLSearchParams({ fixture: "full" }));
  await open("full", {
    events: (h) => ((heard = h), () => undefined),
    async call(name, params) {
      const answer = await base.call(name, params);
      if (name === "board" && moved) (answer as { groups: { key: string; rows: unknown[] }[] }).groups[0]!.rows.reverse();
      return answer;
    },
  });
  press("j");
  press("Enter");
  await wait();
  moved = true;
  heard?.({ seq: 1, tags: ["board"] });
  await wait();
  await wait();
  expect(names()[0]).toBe("image-resizer");
  expect(selected()).toBe("checkout-api");
});

test("a group opens and folds", async () => {
  await open("full");
  const quiet = [...document.querySelectorAll<HTMLButtonElement>(".fold")].at(-1)!;
  expect(quiet.getAttribute("aria-expanded")).toBe("false");
  quiet.click();
  await wait();
  expect(names()).toHaveLength(58);
});

test("hostile text is text", async () => {
  await open("hostile");
  press("j");
  press("Enter");
  await wait();
  expect(document.querySelectorAll("img, script, iframe")).toHaveLength(0);
  expect(names()[0]).toContain("<img src=x onerror");
  expect(document.querySelectorAll("[href^='javascript'], [href^='data']")).toHaveLength(0);
});

test("many rows: only those in sight are in the document, and more come as one gets there", async () => {
  const asked: number[] = [];
  const base = fixtureHost(new URLSearchParams({ fixture: "many" }));
  await open("many", {
    async call(name, params) {
      if (name === "board") asked.push((params as { limit: number }).limit);
      return base.call(name, params);
    },
  });
  expect(document.querySelectorAll(".row").length).toBeLessThan(100);
  expect(asked).toEqual([FIRST_ROWS]);
  const list = document.querySelector<HTMLElement>(".rows")!;
  list.scrollTop = HEIGHT.group + FIRST_ROWS * HEIGHT.row;
  list.dispatchEvent(new Event("scroll"));
  await wait();
  await wait();
  expect(asked).toEqual([FIRST_ROWS, 2 * FIRST_ROWS]);
});

test("a group that was just unfolded stays folded until its rows are there", async () => {
  const folded = board(rows, [], { folded: ["ok"] }, NOW);
  expect(lines(folded, []).at(-1)).toMatchObject({ kind: "group", folded: true });
  expect(lines(board(rows, [], {}, NOW), []).at(-1)?.kind).toBe("row");
  expect(groupKeys(["ok", "nonsense"])).toEqual(["ok"]);
});

test.each([
  ["empty", "No pipelines here"],
  ["error", "A local file could not be used"],
  ["stale", "Was running, outcome not known"],
])("%s says %s", async (fixture, said) => {
  await open(fixture);
  expect(document.body.textContent).toContain(said);
});

test("loading shows its skeleton only after a while", async () => {
  await open("loading");
  expect(document.querySelector(".skel")).toBeNull();
  await wait(230);
  expect(document.querySelector(".skel")).not.toBeNull();
  expect(document.body.textContent).toContain("12 of 54");
});

test("a step from nowhere, and past the ends", () => {
  const all = lines(board(rows, [], {}, NOW), ["ok"]);
  expect(step(all, null, 1)?.name).toBe("checkout-api");
  expect(step(all, "gone", -1)?.name).toBe("admin-console");
  const last = all.filter((l) => l.kind === "row").at(-1)!;
  expect(step(all, last.id, 1)?.id).toBe(last.id);
});

test("the rows that are shown are copied, as they are shown", async () => {
  const copied: string[] = [];
  Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText: (text: string) => Promise.resolve(void copied.push(text)) } });
  await open("hostile");
  expect(registry.run("list.copy-csv")).toBe(true);
  expect(registry.run("list.copy-json")).toBe(true);
  await wait();
  const lines = copied[0]!.trimEnd().split("\r\n");
  expect(lines[0]).toMatch(/^Pipeline,Health,Profile,Account,/);
  expect(lines).toHaveLength(1 + names().length);
  expect(copied[0]).toContain("<img src=x onerror"); // text, in a spreadsheet too
  expect((JSON.parse(copied[1]!) as { name: string }[]).map((r) => r.name)).toHaveLength(names().length);
  expect(toast.text).toBe(`${names().length} rows copied`);
});

const head = (title: string) => [...document.querySelectorAll<HTMLElement>('[role="columnheader"]')].find((h) => h.textContent?.trim() === title);

test("a head orders the rows within their groups, and columns are put away; both are kept", async () => {
  await open("full");
  expect(names().slice(0, 4)).toEqual(["checkout-api", "payments-worker", "network-baseline", "image-resizer"]);
  head("Pipeline")!.querySelector("button")!.click();
  await wait();
  await wait();
  // The groups stay where they are: the failed ones first.
  expect(names().slice(0, 6)).toEqual(["checkout-api", "image-resizer", "network-baseline", "payments-worker", "orders-migrations", "pricing-engine"]);
  expect(head("Pipeline")!.getAttribute("aria-sort")).toBe("ascending");
  await import("../list/Arrange.svelte");
  registry.run("list.order");
  await wait();
  [...document.querySelectorAll<HTMLElement>(".menu label")].find((l) => l.textContent?.trim() === "Revision")!.querySelector("input")!.click();
  await wait();
  expect(head("Revision")).toBeUndefined();
  expect(document.querySelector(".row .rev")).toBeNull();
  expect(viewState<Record<string, unknown>>("board", {})).toMatchObject({ sort: "name", descending: false, hidden: ["revision"] });
});

test("what was drawn keeps its width and gives way, revisions or else names take the rest", () => {
  const without = (...keys: string[]) => HEADS.filter((h) => !keys.includes(h.key));
  expect(grids(HEADS, {}).wide).toBe("16px var(--w-name) var(--w-profile) var(--w-stages) var(--w-revision) var(--w-elapsed) var(--w-since) var(--w-read)");
  expect(grids(HEADS, { stages: 240, revision: 500 }).wide).toContain(" minmax(36px, 240px) var(--w-revision) ");
  expect(grids(without("revision"), { name: 300 }).wide).toMatch(/^16px minmax\(96px, 1fr\) var\(--w-profile\)/);
  expect(grids(HEADS, { stages: 240 }).beside).toBe("16px minmax(96px, 1fr) var(--w-profile) minmax(36px, 240px) var(--w-since) var(--w-read)");
  // A magnified page has no room to give.
  expect(grids(HEADS, { stages: 240 }).small).toBe("16px minmax(96px, 1fr) var(--w-stages) var(--w-read)");
});

test("every row of the open groups is saved, page after page, each once", async () => {
  const of = (key: GroupKey, n: number) => rows.filter((r) => r.health === key).flatMap((r) => Array.from({ length: n }, (_, i) => ({ ...r, id: `${r.id}#${i}`, name: `${r.name}-${i}` })));
  const all = [...of("failed", 400), ...of("running", 1)];
  const asked: [string, string | null][] = [];
  setHost({
    ...fixtureHost(new URLSearchParams()),
    call: (name, params) => {
      if (name === "board") return Promise.resolve(board(all, [], params as object, NOW) as never);
      const page = params as GroupParams;
      asked.push([page.group, page.after]);
      const answer = groupRows(all, page);
      // The first of the second page came with the first, too: it moved meanwhile.
      return Promise.resolve((page.after ? { ...answer, rows: [all[0]!, ...answer.rows] } : answer) as never);
    },
  });
  const pages = [];
  for await (const page of everyRow({ sort: "name" }, ["ok"])) pages.push(page);
  expect(asked).toEqual([["failed", null], ["failed", "1000"], ["running", null]]);
  expect(pages.map((p) => [p.rows.length, p.more])).toEqual([[1000, true], [600, true], [5, false]]);
  expect(new Set(pages.flatMap((p) => p.rows.map((r) => r.id))).size).toBe(all.length);
  expect(pages[0]!.all).toEqual({ n: all.length, exact: true });
  expect(pages[0]!.rows[0]!.name).toBe("checkout-api-0");
});
