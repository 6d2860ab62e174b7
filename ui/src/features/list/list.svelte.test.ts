// A list as mounted, on a host of a thousand builds: its order, its pages, its columns, what is saved and what is selected.

import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listen, registry } from "$/commands/registry.svelte";
import type { Event as Told, ListRow, RowsParams } from "$/gen/api";
import { cache, clock, setHost, settings, viewState } from "$/platform";
import { fixtureHost } from "$/platform/fixtures";
import { listed, listsOf } from "$/platform/fixtures/lists";
import { ago, NOW } from "$/platform/fixtures/make";
import Builds from "../builds/Builds.svelte";

const ROW = 28;
let app: object | undefined;
let stop: (() => void)[] = [];
let heard: ((e: Told) => void) | undefined;
let seq = 0;
let all: ListRow[] = [];
let asked: Partial<RowsParams>[] = [];
/** What a read waits for, and whether pages behind the first can be read. */
let gate: Promise<unknown> = Promise.resolve();
let broken = false;
let copied: string[] = [];

const wait = async (ms = 0) => {
  await new Promise((done) => setTimeout(done, ms));
  flushSync();
};
const settle = async () => {
  for (let i = 0; i < 4; i += 1) await wait();
};
const build = (i: number): ListRow => listed({ name: `build-${String(i).padStart(4, "0")}`, profile: "shop-dev", kind: "codebuild.build", status: "FAILED", health: "failed", since: ago(i), detail: { current_phase: `PHASE_${i}`, initiator: "rule/nightly" } });

async function open() {
  app = mount(Builds, { target: document.body });
  stop = [listen(), cache.start()];
  await settle();
}
async function close() {
  stop.forEach((s) => s());
  stop = [];
  if (app) await unmount(app);
  app = undefined;
  document.body.replaceChildren();
  cache.scopeChanged();
}
async function changed() {
  seq += 1;
  heard?.({ seq, tags: ["rows"] });
  await settle();
}

beforeEach(() => {
  all = Array.from({ length: 1000 }, (_, i) => build(i));
  asked = [];
  copied = [];
  gate = Promise.resolve();
  broken = false;
  seq = 0;
  const fixtures = fixtureHost(new URLSearchParams({ fixture: "full" }));
  setHost({
    ...fixtures,
    events: (h) => ((heard = h), () => undefined),
    async call(name, params) {
      if (name !== "rows") return fixtures.call(name, params);
      const of = params as Partial<RowsParams>;
      asked.push(of);
      await gate;
      if (of.after && broken) throw { code: "local", message: "The cache cannot be read.", info: null };
      return structuredClone(listsOf(all, [])(of)) as never;
    },
  });
  settings.load({ theme: "dark", language: "en", views: {} });
  clock.set(NOW);
  Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText: (text: string) => Promise.resolve(void copied.push(text)) } });
});
afterEach(close);

const one = <E extends HTMLElement = HTMLElement>(selector: string) => document.querySelector<E>(selector)!;
const names = () => [...document.querySelectorAll(".row .name")].map((n) => n.textContent?.trim());
const head = (title: string) => [...document.querySelectorAll<HTMLElement>('[role="columnheader"]')].find((h) => h.textContent?.trim() === title)!;
const titles = () => [...document.querySelectorAll('[role="columnheader"]')].slice(1).map((h) => h.textContent?.trim());
const rowOf = (i: number) => [...document.querySelectorAll<HTMLElement>(".row")].find((r) => r.textContent?.includes(`build-${String(i).padStart(4, "0")}`));
const selected = () => [...document.querySelectorAll('.row[aria-selected="true"] .name')].map((n) => n.textContent?.trim());
const box = () => one(".rows");
const press = (key: string, more: KeyboardEventInit = {}) => {
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
  flushSync();
};
async function scroll(row: number) {
  box().scrollTop = row * ROW;
  box().dispatchEvent(new Event("scroll"));
  await settle();
}
/** The panel of a command. */
async function panel(id: "list.order" | "list.views") {
  await Promise.all([import("./Arrange.svelte"), import("./ViewsMenu.svelte")]);
  registry.run(id);
  await settle();
  return one(".menu");
}
const option = (text: string) => [...document.querySelectorAll<HTMLElement>(".menu .menuitem")].find((o) => o.textContent?.trim() === text)!;

test("a click on a head orders by it, then the other way round, then as usual; it is kept", async () => {
  await open();
  expect(asked.at(-1)).toMatchObject({ sort: "need", descending: false });
  expect(document.querySelector("[aria-sort]")).toBeNull();
  head("Name").querySelector("button")!.click();
  await settle();
  expect(asked.at(-1)).toMatchObject({ sort: "name", descending: false });
  expect(head("Name").getAttribute("aria-sort")).toBe("ascending");
  head("Name").querySelector("button")!.click();
  await settle();
  expect(asked.at(-1)).toMatchObject({ sort: "name", descending: true });
  expect(head("Name").getAttribute("aria-sort")).toBe("descending");
  expect(names()[0]).toBe("build-0999");
  await close();
  await open();
  expect(asked.at(-1)).toMatchObject({ sort: "name", descending: true });
  head("Name").querySelector("button")!.click();
  await settle();
  expect(document.querySelector("[aria-sort]")).toBeNull();
  expect(names()[0]).toBe("build-0000");
  // What the backend has no order for is no button.
  expect(head("Phase").querySelector("button")).toBeNull();
  // The oldest reading comes first: ages go down.
  head("Read").querySelector("button")!.click();
  await settle();
  expect(head("Read").getAttribute("aria-sort")).toBe("descending");
});

test("another order is read from its top", async () => {
  await open();
  await scroll(100);
  head("Name").querySelector("button")!.click();
  await settle();
  expect(box().scrollTop).toBe(0);
});

test("further pages come as one gets there, once each, and only what is in sight is in the page", async () => {
  await open();
  expect(asked).toHaveLength(1);
  expect(one('[role="grid"]').getAttribute("aria-rowcount")).toBe("-1");
  await scroll(150);
  expect(asked.map((a) => a.after ?? null)).toEqual([null, all[199]!.id]);
  await scroll(990);
  expect(names().at(-1)).toBe("build-0999");
  expect(document.querySelectorAll(".row").length).toBeLessThan(150);
  expect(one('[role="grid"]').getAttribute("aria-rowcount")).toBe("1001");
  expect(asked).toHaveLength(2);
});

test("an event reads all that is shown again; meanwhile it stays, and so does what one looks at", async () => {
  await open();
  await scroll(150);
  await scroll(600);
  rowOf(640)!.click();
  await settle();
  const before = asked.length;
  const top = box().scrollTop;
  // Three came above, one in sight went to the top, one in sight is gone.
  const moved = all.splice(630, 1);
  all.splice(650, 1);
  all = [build(2000), build(2001), build(2002), ...moved, ...all];
  let go = () => undefined as void;
  gate = new Promise<void>((done) => (go = done));
  seq += 1;
  heard?.({ seq, tags: ["rows"] });
  await settle();
  expect(rowOf(640)).toBeDefined();
  expect(box().scrollTop).toBe(top);
  go();
  await settle();
  expect(asked.slice(before).map((a) => a.after ?? null)).toEqual([null, all[199]!.id]);
  expect(box().scrollTop).toBe(top + 4 * ROW);
  expect(rowOf(640)!.getAttribute("aria-current")).toBe("true");
  expect(rowOf(600)).toBeDefined();
  expect(rowOf(630)).toBeUndefined(); // it is at the top, and took nobody with it
});

test("a row that moved between two pages while they were read is shown once", async () => {
  await open();
  const first = all[0]!;
  all = [...all.slice(1), first];
  await scroll(150);
  await scroll(990);
  expect(new Set(names()).size).toBe(names().length);
});

test("a page that cannot be read says why, is not asked for again and again, and comes once one tries again", async () => {
  await open();
  broken = true;
  await scroll(150);
  await scroll(180);
  expect(asked).toHaveLength(2);
  expect(one(".failure").textContent).toContain("The cache cannot be read.");
  broken = false;
  one<HTMLButtonElement>(".failure button").click();
  await settle();
  expect(asked).toHaveLength(3);
  expect(document.querySelector(".failure")).toBeNull();
  await scroll(990);
  expect(names().at(-1)).toBe("build-0999");
});

test("the old rows stay while another filter is read, those of other profiles do not", async () => {
  await open();
  gate = new Promise(() => undefined);
  head("Name").querySelector("button")!.click();
  await settle();
  expect(names()[0]).toBe("build-0000");
  await close();
  gate = Promise.resolve();
  await open();
  gate = new Promise(() => undefined);
  cache.scopeChanged();
  await settle();
  expect(names()).toEqual([]);
});

test("columns are hidden and shown again; it is kept", async () => {
  await open();
  await panel("list.order");
  option("Phase").querySelector("input")!.click();
  option("Since").querySelector("input")!.click();
  await settle();
  expect(titles()).toEqual(["Name", "Profile", "Started by", "Revision", "Read"]);
  expect(rowOf(0)!.textContent).not.toContain("PHASE_0");
  expect(rowOf(0)!.querySelectorAll('[role="gridcell"], [role="rowheader"]')).toHaveLength(6);
  await close();
  await open();
  expect(titles()).toHaveLength(5);
  await panel("list.order");
  option("Reset columns").click();
  await settle();
  expect(titles()).toEqual(["Name", "Profile", "Phase", "Started by", "Revision", "Since", "Read"]);
});

test("the order can be chosen by the keyboard; Escape closes and gives the focus back", async () => {
  await open();
  press("s");
  await import("./Arrange.svelte");
  await settle();
  expect(document.activeElement).toBe(option("Problems first (usual)").querySelector("input"));
  option("Profile").querySelector<HTMLInputElement>('[type="radio"]')!.click();
  await settle();
  expect(asked.at(-1)).toMatchObject({ sort: "profile" });
  press("Escape");
  expect(document.querySelector(".menu")).toBeNull();
  expect(document.activeElement?.getAttribute("aria-label")).toBe("Order and columns");
});

test("the line between two heads moves by the arrows, Enter makes a width automatic again; it is kept", async () => {
  await open();
  const line = () => head("Phase").querySelector<HTMLElement>('[role="separator"]')!;
  const widths = () => viewState("list.builds", { widths: {} as Record<string, number> }).widths;
  line().focus();
  for (let i = 0; i < 12; i += 1) press("ArrowRight");
  await settle();
  expect(widths()["phase"]).toBe(36 + 11 * 8); // the page is not laid out here: it begins at nothing
  expect(line().getAttribute("aria-valuenow")).toBe(String(36 + 11 * 8));
  expect(one(".plainlist").style.getPropertyValue("--cols")).toContain(`${36 + 11 * 8}px`);
  for (let i = 0; i < 40; i += 1) press("ArrowLeft");
  expect(line().getAttribute("aria-valuenow")).toBe("36");
  press("Enter");
  expect(widths()["phase"]).toBeUndefined();
});

test("a view is saved under a name, used again, and deleted", async () => {
  await open();
  head("Name").querySelector("button")!.click();
  one<HTMLInputElement>(".filter input").value = "build-01";
  one(".filter input").dispatchEvent(new Event("input", { bubbles: true }));
  await wait(150);
  await settle();
  await panel("list.views");
  option("Save this view…").click();
  await settle();
  const field = one<HTMLInputElement>(".menu input");
  expect(document.activeElement).toBe(field);
  field.value = "The hundreds";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
  one<HTMLButtonElement>(".menu form .btn").click();
  await settle();
  expect(option("The hundreds").getAttribute("aria-current")).toBe("true");
  expect(one(".viewhead").textContent).toContain("The hundreds");
  press("Escape");
  // Elsewhere now.
  head("Name").querySelector("button")!.click();
  one<HTMLButtonElement>(".filter .iconbtn").click();
  await settle();
  expect(one(".viewhead").textContent).not.toContain("The hundreds");
  expect(asked.at(-1)).toMatchObject({ sort: "name", descending: true, text: null });
  await close();
  await open();
  await panel("list.views");
  option("The hundreds").click();
  await settle();
  expect(asked.at(-1)).toMatchObject({ sort: "name", descending: false, text: "build-01" });
  expect(document.querySelector(".menu")).toBeNull();
  await panel("list.views");
  one<HTMLButtonElement>('[aria-label="Delete The hundreds"]').click();
  await settle();
  expect(option("The hundreds")).toBeUndefined();
  expect(one(".menu").contains(document.activeElement)).toBe(true);
});

test("rows are selected by keys and clicks, and stay so while the list is read again", async () => {
  await open();
  press("j");
  press("j");
  press(" ");
  press("ArrowDown", { shiftKey: true });
  press("K", { shiftKey: true });
  await import("./SelectionBar.svelte");
  await settle();
  expect(selected()).toEqual(["build-0001", "build-0002"]);
  expect(one(".selectionbar").textContent).toContain("2 selected");
  rowOf(10)!.dispatchEvent(new MouseEvent("click", { bubbles: true, ctrlKey: true }));
  rowOf(12)!.dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: true }));
  rowOf(20)!.click();
  await settle();
  expect(selected()).toEqual(["build-0001", "build-0002", "build-0010", "build-0011", "build-0012"]);
  expect(rowOf(20)!.getAttribute("aria-current")).toBe("true");
  expect(rowOf(20)!.getAttribute("aria-selected")).toBe("false");
  all = [build(3000), ...all.slice(0, 40).filter((r) => r.name !== "build-0011").reverse(), ...all.slice(40)];
  await changed();
  expect(selected()).toEqual(["build-0012", "build-0010", "build-0002", "build-0001"]);
  expect(one(".selectionbar").textContent).toContain("4 selected");
});

test("what is selected is copied; Escape first clears the selection, then closes the detail", async () => {
  await open();
  rowOf(3)!.click();
  registry.run("list.select");
  rowOf(5)!.dispatchEvent(new MouseEvent("click", { bubbles: true, metaKey: true }));
  await import("./SelectionBar.svelte");
  await settle();
  for (const b of document.querySelectorAll<HTMLButtonElement>(".selectionbar .btn:not(.ghost)")) b.click();
  await settle();
  expect(copied).toHaveLength(3);
  expect(copied[0]!.trimEnd().split("\r\n")).toHaveLength(3);
  expect((JSON.parse(copied[1]!) as ListRow[]).map((r) => r.name)).toEqual(["build-0003", "build-0005"]);
  expect(copied[2]).toBe(`${all[3]!.arn}\n${all[5]!.arn}`);
  press("Escape");
  await settle();
  expect(selected()).toEqual([]);
  expect(document.querySelector(".selectionbar")).toBeNull();
  expect(document.querySelector(".row[aria-current]")).not.toBeNull();
  press("Escape");
  expect(document.querySelector(".row[aria-current]")).toBeNull();
  registry.run("list.copy-arns");
  await settle();
  expect(copied[3]!.split("\n")).toHaveLength(200); // those that are loaded
});
