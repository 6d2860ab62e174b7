// The palette on fixtures: what is found, what Enter does, what use changes; and that there is a way to every kind.

import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test } from "vitest";
import { commands } from "$/commands/list";
import { listen, useCommands } from "$/commands/registry.svelte";
import { kinds } from "$/gen/api";
import { m } from "$/gen/messages";
import { cache, clock, setHost, settings, viewState, type Host } from "$/platform";
import { fixtureHost } from "$/platform/fixtures";
import { NOW } from "$/platform/fixtures/make";
import Palette from "./Palette.svelte";
import { openThing, placeOf } from "./open";
import { rank } from "./rank";
import { boost, lately, use, usesOf, type Thing } from "./used";

let app: object | undefined;
let closed = 0;
let ran: string[] = [];
let stop: () => void = () => undefined;
const wait = async (ms = 0) => {
  await new Promise((done) => setTimeout(done, ms));
  flushSync();
};

beforeEach(() => {
  closed = 0;
  ran = [];
  setHost(fixtureHost(new URLSearchParams()));
  settings.load({ theme: "dark", language: "en", views: {} });
  clock.set(NOW);
  stop = $effect.root(() => {
    useCommands({ "go.board": () => ran.push("go.board"), "go.builds": () => ran.push("go.builds"), refresh: () => ran.push("refresh"), "list.next": () => ran.push("list.next") });
    $effect(() => listen());
  });
  flushSync();
});
afterEach(async () => {
  if (app) await unmount(app);
  app = undefined;
  stop();
  document.body.replaceChildren();
  cache.scopeChanged();
});

async function open(host: Partial<Host> = {}) {
  setHost({ ...fixtureHost(new URLSearchParams({ fixture: "full" })), ...host });
  app = mount(Palette, { target: document.body, props: { onclose: () => (closed += 1) } });
  await wait();
}
async function type(text: string) {
  const input = document.querySelector("input")!;
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  await wait();
  await wait();
}
const press = (key: string) => {
  document.querySelector("input")!.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  flushSync();
};
const shown = () => [...document.querySelectorAll('[role="option"] .med')].map((n) => n.textContent);
const selected = () => document.querySelector('[aria-selected="true"] .med')?.textContent;

test("before anything is typed: what can be done now, and nothing that only moves in a list", async () => {
  await open();
  expect(shown()).toContain(m.command.goBoard());
  expect(shown()).toContain(m.command.refresh());
  expect(shown()).not.toContain(m.command.listNext());
  expect(shown()).not.toContain(m.command.goLedger()); // nothing answers to it here
});

test("a command by a few letters; Enter runs it once the palette is gone", async () => {
  await open();
  await type("rea");
  expect(selected()).toBe(m.command.refresh());
  press("Enter");
  expect([closed, ran]).toEqual([1, []]);
  await wait();
  expect(ran).toEqual(["refresh"]);
});

test("a resource: Enter goes to where its kind is shown and opens it there", async () => {
  await open();
  await type("checkout-api");
  expect(selected()).toBe("checkout-api");
  press("Enter");
  await wait();
  expect(ran).toEqual(["go.board"]);
  expect(viewState("board", { open: null as string | null }).open).toMatch(/:checkout-api$/);
  expect(lately(5).map((t) => t.name)).toEqual(["checkout-api"]);
});

test("what comes in while one reads does not slip under Enter", async () => {
  let answer: (() => void) | undefined;
  const base = fixtureHost(new URLSearchParams({ fixture: "full" }));
  await open({
    async call(name, params) {
      if (name === "search") await new Promise<void>((done) => (answer = done));
      return base.call(name, params);
    },
  });
  await type("re");
  press("ArrowDown");
  const before = selected();
  answer?.();
  await wait();
  expect(shown().length).toBeGreaterThan(2);
  expect(selected()).toBe(before);
});

test("nothing found says where was looked; a failed search says why", async () => {
  await open();
  await type("zzzz");
  expect(document.body.textContent).toContain(m.palette.none());
  press("Enter");
  expect(closed).toBe(0);
  await unmount(app!);
  app = undefined;
  cache.scopeChanged();
  await open({ call: () => Promise.reject({ code: "local", message: "The cache cannot be opened.", info: null }) });
  await type("checkout");
  expect(document.body.textContent).toContain("The cache cannot be opened.");
});

test("there is a way to every kind, and it is a command", () => {
  for (const kind of kinds) expect(commands.map((c) => c.id)).toContain(placeOf(kind)?.go);
  const thing: Thing = { id: "p/eu-west-1/codepipeline.execution/checkout-api/a91c07de", kind: "codepipeline.execution", name: "checkout-api/a91c07de", profile: "p", colour: "teal", region: "eu-west-1" };
  openThing(thing);
  expect(ran).toEqual(["go.board"]);
  expect(viewState("board", { text: "" }).text).toBe("checkout-api");
});

test("letters together come before letters apart, and use weighs", () => {
  const items = ["Go to the board", "Go to builds", "Read again now"].map((title) => ({ id: title, title: () => title }));
  const found = (typed: string, by: (id: string) => number = () => 0) => rank(items, typed, by).map((r) => r.item.id);
  expect(found("bo")).toEqual(["Go to the board"]);
  expect(found("gb")).toEqual(["Go to builds", "Go to the board"]); // the nearer letters first
  expect(found("go")).toEqual(["Go to the board", "Go to builds"]);
  expect(found("go", (id) => (id === "Go to builds" ? 30 : 0))[0]).toBe("Go to builds");
  expect(found("zz")).toEqual([]);
  expect(found("")).toHaveLength(3);
});

test("use is counted, weighs less as it ages, and the oldest go", () => {
  const now = clock.now;
  expect(boost(undefined, now)).toBe(0);
  expect(boost({ n: 3, at: now }, now)).toBeGreaterThan(boost({ n: 1, at: now }, now));
  expect(boost({ n: 3, at: now - 7 * 24 * 3600_000 }, now)).toBeCloseTo(boost({ n: 3, at: now }, now) / 2);
  expect(boost({ n: 1e9, at: now }, now)).toBe(60);
  for (let i = 0; i < 70; i += 1) {
    clock.set(new Date(now + i * 1000).toISOString());
    use(`c${i}`);
  }
  expect(usesOf("c0")).toBeUndefined();
  expect(usesOf("c69")?.n).toBe(1);
  use("c69");
  expect(usesOf("c69")?.n).toBe(2);
});
