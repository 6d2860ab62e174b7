// Two runs beside each other, and the record behind a detail, on fixtures and by the keyboard.

import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { listen, registry } from "$/commands/registry.svelte";
import type { ComparedRun, Comparison, Event as Told } from "$/gen/api";
import { m } from "$/gen/messages";
import { cache, clock, setHost, settings, type Host } from "$/platform";
import { fixtureHost } from "$/platform/fixtures";
import { CHECKOUT, checkout } from "$/platform/fixtures/checkout";
import { comparison } from "$/platform/fixtures/compare";
import { NOW } from "$/platform/fixtures/make";
import { facts, told } from "./compare";
import PipelineDetail from "./PipelineDetail.svelte";

let app: object | undefined;
let stop: () => void = () => undefined;
const wait = async () => {
  await new Promise((done) => setTimeout(done, 0));
  flushSync();
};
const key = async (key: string) => {
  window.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
  await wait();
};
const text = () => document.body.textContent.replace(/\s+/g, " ");

beforeEach(() => {
  vi.stubGlobal("ResizeObserver", class { observe() {} unobserve() {} disconnect() {} });
  setHost(fixtureHost(new URLSearchParams()));
  settings.load({ theme: "dark", language: "en", views: {} });
  clock.set(NOW);
  stop = $effect.root(() => {
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

/** Opens the detail on a world; answers what was asked of the backend. */
async function open(fixture = "full", host: Partial<Host> = {}): Promise<[string, unknown][]> {
  const asked: [string, unknown][] = [];
  const world = { ...fixtureHost(new URLSearchParams({ fixture })), ...host };
  const call: Host["call"] = (name, params) => {
    asked.push([name, params]);
    return world.call(name, params);
  };
  setHost({ ...world, call });
  app = mount(PipelineDetail, { target: document.body, props: { id: CHECKOUT, close: () => undefined } });
  await wait();
  return asked;
}

test("by its key the run is compared with the last good one, what differs first", async () => {
  const asked = await open();
  await key("c");
  expect(asked.at(-1)).toEqual(["compare", { id: CHECKOUT, execution: null, with: null }]);
  expect(document.querySelector('[role="tab"][aria-selected="true"]')?.textContent).toBe(m.detail.compare());
  expect(text()).toContain(m.compare.slowest({ stage: "Build", name: "BuildImage", by: "+1m 37s" }));
  const rows = [...document.querySelectorAll<HTMLElement>(".parts:not(details .parts) .row.action > :first-child")].map((e) => e.textContent);
  expect(rows).toEqual(["BuildImage", "DeployService", "SmokeTest", "Canary"]);
  // What is the same is there, folded.
  const same = document.querySelector<HTMLDetailsElement>("details:has(.parts)");
  expect([same?.open, same?.querySelector("summary")?.textContent]).toEqual([false, m.compare.sameActions({ n: 3 })]);
  // Names of variables, and that their values are not known.
  expect(text()).toContain("TAX_MODE");
  expect(text()).toContain(m.compare.variables());
});

test("any other run can be chosen, from the list and from the history", async () => {
  const asked = await open();
  await key("c");
  const select = document.querySelector("select")!;
  const other = select.options[3]!.value;
  select.value = other;
  select.dispatchEvent(new Event("change", { bubbles: true }));
  await wait();
  expect(asked.at(-1)).toEqual(["compare", { id: CHECKOUT, execution: null, with: other }]);
  document.querySelector<HTMLElement>("#tab-history")!.click();
  await wait();
  const buttons = [...document.querySelectorAll<HTMLElement>(`[aria-label="${m.compare.open()}"]`)];
  buttons[5]!.click();
  await wait();
  const run = checkout(null).history[5]!.run_id;
  expect(asked.at(-1)).toEqual(["compare", { id: CHECKOUT, execution: null, with: run }]);
  // Looking at another run begins with the last good one before that.
  document.querySelector<HTMLElement>("#tab-history")!.click();
  await wait();
  document.querySelectorAll<HTMLElement>(".pick")[2]!.click();
  await wait();
  await key("c");
  expect(asked.at(-1)).toEqual(["compare", { id: CHECKOUT, execution: checkout(null).history[2]!.run_id, with: null }]);
});

test("a run that was over before anybody watched it is told as it is, and filled in when it is read", async () => {
  let read = false;
  let heard: ((e: Told) => void) | undefined;
  const fixtures = fixtureHost(new URLSearchParams({ fixture: "reading-run" }));
  const full = fixtureHost(new URLSearchParams());
  const unlisten = (await open("reading-run", { events: (h) => ((heard = h), () => undefined), call: (name, params) => (read ? full : fixtures).call(name, params) }), cache.start());
  await key("c");
  const run = m.compare.theOther();
  expect(text()).toContain(m.compare.reading({ run }));
  // What is known already is there: the runs as wholes, and the actions of the one that was watched.
  expect(document.querySelector(".pair")).not.toBeNull();
  expect(document.querySelectorAll(".parts .late")).toHaveLength(0);
  expect(text()).toContain(m.compare.unread());
  read = true;
  heard?.({ seq: 1, tags: [`runs:${CHECKOUT}`] });
  // What took long to answer rests before it is asked for again.
  await vi.waitFor(async () => {
    await wait();
    expect(text()).not.toContain(m.compare.reading({ run }));
  }, 5000);
  expect(text()).not.toContain(m.compare.unread());
  expect(document.querySelectorAll(".parts .late").length).toBeGreaterThan(0);
  unlisten();
});

test("what AWS has no more and what it refuses is said, and the refused asked again", async () => {
  const asked = await open("denied-run");
  await key("c");
  expect(text()).toContain(m.compare.failed({ run: m.compare.theOther() }));
  expect(text()).toContain("AccessDeniedException: User:");
  [...document.querySelectorAll<HTMLElement>(".notice button")].find((b) => b.textContent === m.common.again())!.click();
  await wait();
  expect(asked.at(-1)).toEqual(["refresh", { ids: [CHECKOUT] }]);
  await unmount(app!);
  document.body.replaceChildren();
  cache.scopeChanged();
  await open("gone-run");
  await key("c");
  expect(text()).toContain(m.compare.gone({ run: m.compare.theOther() }));
  expect(text()).not.toContain(m.compare.unreadTitle());
});

test("what was not read is said and has no time; a missing baseline and a refusal are no difference", async () => {
  await open("partial");
  await key("c");
  expect(text()).toContain(m.compare.failed({ run: m.compare.theOther() }));
  expect(document.querySelectorAll(".parts .late")).toHaveLength(0);
  await unmount(app!);
  document.body.replaceChildren();
  cache.scopeChanged();
  await open("empty");
  await key("c");
  expect(text()).toContain(m.compare.none());
  expect(document.querySelector(".parts")).toBeNull();
  await unmount(app!);
  document.body.replaceChildren();
  cache.scopeChanged();
  await open("refused-part");
  await key("c");
  expect(document.querySelector('[role="alert"]')?.textContent).toContain("the disk is full");
  app = undefined;
});

test("the record is shown whole, folded where it is deep, and copied whole", async () => {
  let copied = "";
  vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText: (t: string) => ((copied = t), Promise.resolve()) } });
  await open();
  expect(registry.can("detail.raw")).toBe(true);
  await key("r");
  const numbers = () => [...document.querySelectorAll(".json .ln")].map((e) => Number(e.textContent));
  const folded = numbers();
  expect(folded[0]).toBe(1);
  expect(text()).toContain(m.raw.leftOut({ what: m.raw.pipeline() }));
  [...document.querySelectorAll<HTMLElement>(".rawrow button")].find((b) => b.textContent === m.raw.unfold())!.click();
  await wait();
  expect(numbers().length).toBeGreaterThan(folded.length);
  expect(numbers()).toEqual(numbers().map((_, i) => i + 1));
  // One part by itself, again.
  const part = document.querySelector<HTMLElement>(`[aria-label="${m.raw.part({ name: "stages" })}"]`)!;
  part.click();
  await wait();
  expect(part.getAttribute("aria-expanded")).toBe("false");
  [...document.querySelectorAll<HTMLElement>(".rawrow button")].find((b) => b.textContent.trim() === m.raw.copy())!.click();
  await wait();
  expect((JSON.parse(copied) as { name: string }).name).toBe("checkout-api");
  await key("r");
  expect(document.querySelector(".json")).toBeNull();
});

test("what differs is told before what is not known, and facts that nobody knows are none", () => {
  const stages = comparison(checkout(null), {}).stages;
  const all = told([...stages.map((s) => ({ ...s, actions: s.actions.map((a) => ({ ...a, difference: "unknown" as const })) })).slice(0, 1), ...stages.slice(1)]);
  expect(all.stages.map(({ stage }) => stage.name)).toEqual(["Build", "Deploy", "Verify", "Source"]);
  expect([all.states, all.longer, all.shorter, all.unknown]).toEqual([2, 1, 1, 1]);
  const run = { by: "jane", trigger: null, pipeline_version: null } as unknown as ComparedRun;
  const of = (r: ComparedRun) => [["by", r.by], ["trigger", r.trigger]] as const;
  expect(facts(of, run, { ...run, by: "joe" })).toEqual({ differ: [{ name: "by", run: "jane", with: "joe" }], same: [] });
  const none: Comparison["stages"] = [];
  expect(told(none).slowest).toBeUndefined();
});
