// The view of stacks as mounted, on fixtures: keys in the tree, the detail and its tabs, change sets found by the palette,
// plans with their choices, thousands of stacks, hostile text.

import { flushSync, mount, unmount } from "svelte";
import { afterEach, expect, test, vi } from "vitest";
import type { PlanParams, RowsParams } from "$/gen/api";
import { listen, registry } from "$/commands/registry.svelte";
import { cache, clock, setHost, settings, type Host } from "$/platform";
import { fixtureHost } from "$/platform/fixtures";
import { NOW } from "$/platform/fixtures/make";
import { changeSetRows, SET_ID, stackId } from "$/platform/fixtures/stacks";
import ActionDrawer from "../action/ActionDrawer.svelte";
import { overlay } from "../frame/overlays.svelte";
import Stacks from "./Stacks.svelte";
import { keptStacks } from "./kept";

// All of a view is drawn in most of these, which takes jsdom its time where other things run, too.
vi.setConfig({ testTimeout: 30_000 });

let app: object | undefined;
let drawer: object | undefined;
let stop: (() => void)[] = [];
const wait = async (ms = 0) => {
  await new Promise((done) => setTimeout(done, ms));
  flushSync();
};
const settle = async () => {
  for (let i = 0; i < 3; i += 1) await wait();
};
const press = async (...keys: string[]) => {
  for (const key of keys) {
    (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    flushSync();
    await settle();
  }
};
/** Answers come in their own time. */
const until = async (is: () => unknown) => {
  for (let i = 0; i < 400 && !is(); i += 1) await wait(5);
};
const names = () => [...document.querySelectorAll(".stk .row .name")].map((n) => n.textContent?.trim());
const focused = () => document.querySelector(".stk .is-focus")?.textContent?.trim() ?? "";
const text = () => document.body.textContent ?? "";
const tab = async (name: string) => {
  [...document.querySelectorAll<HTMLElement>('[role="tab"]')].find((t) => t.textContent?.startsWith(name))!.click();
  await settle();
};
const press1 = (label: string) => [...document.querySelectorAll<HTMLElement>("button")].find((b) => b.textContent?.trim().startsWith(label))!;

async function open(fixture = "full", views: Record<string, unknown> = {}, host: Partial<Host> = {}) {
  setHost({ ...fixtureHost(new URLSearchParams({ fixture })), ...host });
  settings.load({ theme: "dark", language: "en", views });
  clock.set(NOW);
  app = mount(Stacks, { target: document.body });
  stop = [listen(), cache.start()];
  await until(() => document.querySelector(".stk .rows .row, .stk .rows .empty"));
}
async function opened(id: string, fixture = "full", host: Partial<Host> = {}) {
  await open(fixture, { "list.stacks": { open: id } }, host);
  await until(() => document.querySelector(".stackdetail h2"));
}
/** The drawer that the view asked for. */
async function plan() {
  const asked = overlay.open;
  if (asked?.name !== "action") throw new Error("no plan is open");
  drawer = mount(ActionDrawer, { target: document.body, props: { ...asked.props, onclose: overlay.close } });
  await until(() => document.querySelector("#action-reason"));
}
afterEach(async () => {
  overlay.close();
  stop.forEach((s) => s());
  if (drawer) await unmount(drawer);
  if (app) await unmount(app);
  app = drawer = undefined;
  document.body.replaceChildren();
  cache.scopeChanged();
});
const NETWORK = stackId("shop-prod", "network-baseline");

test("the tree says what each group is, and folds the quiet rest", async () => {
  await open();
  expect([...document.querySelectorAll(".stk .group .fold")].map((g) => g.textContent?.trim())).toEqual(["shop-platform", "search-platform", "Without CDK", "security-baseline", "47 more stacks, all complete"]);
  expect(names().slice(0, 4)).toEqual(["network-baseline", "VpcNested", "DnsNested", "data-stores"]);
  expect(text()).toContain("2 stages, construct library 2.219.0");
  expect(document.querySelector(".stk .seg")?.textContent).toBe("Tree62Problems4Drifted3");
});

test("the keyboard goes through it, folds and unfolds, opens and comes back", async () => {
  await open();
  await press("j", "j");
  expect(focused()).toContain("network-baseline");
  await press("ArrowLeft");
  expect(names()).not.toContain("VpcNested");
  await press("ArrowRight");
  await press("ArrowRight");
  expect(focused()).toContain("VpcNested");
  await press("ArrowLeft");
  expect(focused()).toContain("network-baseline");
  await press("Enter");
  await until(() => document.querySelector(".stackdetail h2"));
  expect(document.querySelector(".stackdetail h2")?.textContent).toBe("network-baseline");
  await press("j");
  await until(() => document.querySelector(".stackdetail h2")?.textContent?.includes("Vpc"));
  expect(document.querySelector(".stackdetail h2")?.textContent).toBe("network-baseline-VpcNested-1KQ7");
  await press("Escape");
  expect(document.querySelector(".stackdetail")).toBeNull();
});

test("Enter on a group folds it; on a stack set it opens that", async () => {
  await open();
  await press("j", "Enter");
  expect(names()).not.toContain("data-stores");
  keptStacks().text = "security";
  await until(() => !text().includes("shop-platform"));
  await press("j", "Enter");
  await until(() => document.querySelector(".stackdetail h2"));
  expect(document.querySelector(".stackdetail h2")?.textContent).toBe("security-baseline");
});

test("the operation is told: bars, the first failure, its fallout, the way to it", async () => {
  await opened(NETWORK);
  expect(document.querySelector(".lane.first")?.textContent).toContain("EipC");
  expect(document.querySelector(".causebox")?.textContent).toContain("First cause: EipC, CREATE_FAILED");
  expect(document.querySelector(".causebox")?.textContent).toContain("6 later failures are its fallout.");
  const way = document.querySelector<HTMLElement>(".causebox button.link.clip")!;
  way.click();
  await until(() => document.querySelector(".stackdetail h2")?.textContent?.includes("VpcNested"));
  expect(document.querySelector(".stackdetail h2")?.textContent).toBe("network-baseline-VpcNested-1KQ7");
});

test("a change set tells what it replaces, before and after; one that is over is folded", async () => {
  await opened(NETWORK);
  const [ready, over] = document.querySelectorAll(".changeset");
  expect(ready?.textContent).toMatch(/2 add\s*2 modify\s*1 remove/);
  expect([...(ready?.querySelectorAll(".pdiff") ?? [])].map((p) => p.textContent)).toEqual(["LogDestinationTypecloud-watch-logs→s3", "MaxAggregationInterval600→60", "Tags.teamnot set→platform"]);
  expect(ready?.querySelectorAll(".badge")).toHaveLength(1);
  expect(over?.querySelector(".crow")).toBeNull();
});

test("events have the first failure marked and the fallout behind it; resources are listed", async () => {
  await opened(NETWORK);
  await tab("Events");
  expect(document.querySelector(".event.first")?.textContent).toContain("EipC");
  expect(document.querySelectorAll(".event.fallout").length).toBeGreaterThan(0);
  await tab("Resources");
  expect(text()).toContain("SessionsTable");
});

test("two templates are compared, outputs and parameters that are hidden say why, exports lead on", async () => {
  await opened(NETWORK);
  await tab("Templates");
  await until(() => document.querySelector(".templatediff .crow"));
  expect(document.querySelectorAll(".templates input:checked")).toHaveLength(2);
  expect(document.querySelector(".templatediff")?.textContent).toContain("Replacement");
  await tab("Outputs");
  await until(() => text().includes("prod-dns-ZoneId"));
  expect(text()).toContain("hidden by NoEcho");
  expect(text()).toContain("hidden: it repeats a NoEcho parameter");
  expect(document.querySelector(".exports")?.textContent).toContain("checkout-api");
  expect(text()).toContain("prod-dns-ZoneId");
  await tab("Runs");
  expect(document.querySelectorAll(".stackruns .row")).toHaveLength(27);
});

test("what is not read yet says so, and what could not be read says what would help", async () => {
  await opened(NETWORK, "partial");
  expect(text()).toContain("It could not be read: AccessDenied at DescribeStackEvents.");
  expect(text()).toContain("Not all of it could be read");
  expect(text()).toContain("skydeckctl policy");
  await tab("Outputs");
  expect(text()).toContain("It was not read, and is once its source can be read again.");
  await unmount(app!);
  app = undefined;
  cache.scopeChanged();
  await opened(stackId("shop-prod", "legacy-mail"));
  expect(text()).toContain("Its events are being read.");
});

test("a change set that is looked for is shown in its stack", async () => {
  await opened(changeSetRows[0]!.id);
  expect(document.querySelector(".stackdetail h2")?.textContent).toBe("network-baseline");
  expect(document.getElementById(`set ${changeSetRows[0]!.id}`)).not.toBeNull();
});

test("a stack set is a grid of its instances, and says why one is not current", async () => {
  await opened(SET_ID);
  expect(document.querySelectorAll(".cellrow")).toHaveLength(3);
  expect(document.querySelector(".cellrow")?.textContent).toContain("FAILED");
  expect(document.querySelector(".instancewhy")?.textContent).toContain("AWSCloudFormationStackSetExecutionRole");
});

test("going back preselects nothing, unless the user chose the template on the way", async () => {
  const asked: Partial<PlanParams>[] = [];
  const made = fixtureHost(new URLSearchParams({ fixture: "full" }));
  const call: Host["call"] = (name, params) => (name === "plan" && asked.push(params as Partial<PlanParams>), made.call(name, params));
  await opened(NETWORK, "full", { call });
  press1("Back to an earlier").click();
  await plan();
  expect(asked.at(-1)?.to).toBeNull();
  expect(document.querySelector('[role="radio"][aria-checked="true"]')).toBeNull();
  await unmount(drawer!);
  drawer = undefined;
  overlay.close();
  await tab("Templates");
  press1("Revert to this").click();
  await plan();
  expect(asked.at(-1)?.to).toMatch(/^[0-9a-f]{64}$/);
  expect(document.querySelectorAll('[role="radio"][aria-checked="true"]')).toHaveLength(1);
});

test("a rollback that deletes says so in red above the confirmation, which is the stack's name", async () => {
  await opened(stackId("shop-dev", "sandbox-vpn"));
  press1("Roll back").click();
  await plan();
  expect(document.querySelector(".confirm .danger")?.textContent).toContain("every resource in it is deleted");
  expect(document.querySelector(".confirm .lbl .mono")?.textContent).toBe("sandbox-vpn");
});

test("what a continued rollback leaves out is chosen from what is stuck, and warned of", async () => {
  const asked: Partial<PlanParams>[] = [];
  const made = fixtureHost(new URLSearchParams({ fixture: "full" }));
  const call: Host["call"] = (name, params) => (name === "plan" && asked.push(params as Partial<PlanParams>), made.call(name, params));
  await opened(stackId("shop-prod", "orders-queue"), "full", { call });
  press1("Continue the rollback").click();
  await plan();
  const boxes = document.querySelectorAll<HTMLInputElement>('.action input[type="checkbox"]');
  expect([...boxes].map((b) => b.closest("label")?.textContent)).toEqual(["DeadLetters"]);
  boxes[0]!.click();
  await until(() => asked.length > 1);
  await settle();
  expect(asked.at(-1)?.options?.skip).toEqual(["DeadLetters"]);
  expect(text()).toContain("not as the template has it");
});

test("once its change set is made, it is one click away", async () => {
  const made = fixtureHost(new URLSearchParams({ fixture: "full" }));
  const arn = changeSetRows[0]!.arn!;
  const call: Host["call"] = async (name, params) => {
    const answer = await made.call(name, params);
    if (name !== "act" && name !== "action") return answer;
    const view = answer as unknown as { record: object };
    return { ...view, record: { ...view.record, outcome: "succeeded", follow_id: arn, ended_at: NOW } } as unknown as typeof answer;
  };
  await opened(NETWORK, "full", { call });
  press1("New change set").click();
  await plan();
  const reason = document.querySelector<HTMLTextAreaElement>("#action-reason")!;
  reason.value = "because";
  reason.dispatchEvent(new Event("input", { bubbles: true }));
  const typed = document.querySelector<HTMLInputElement>("#action-confirm")!;
  typed.value = "shop-prod";
  typed.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
  document.querySelector<HTMLElement>(".dfoot .btn:last-child")!.click();
  await until(() => press1("Look at the change set"));
  press1("Look at the change set").click();
  expect(keptStacks().open).toBe(`shop-prod/${arn}`);
});

test("of thousands only what is in sight is in the page, and pages come until all are there, as far as the limit", async () => {
  const asked: Partial<RowsParams>[] = [];
  const made = fixtureHost(new URLSearchParams({ fixture: "many" }));
  await open("many", {}, { call: (name, params) => (name === "rows" && asked.push(params as Partial<RowsParams>), made.call(name, params)) });
  await until(() => /Tree5,?200/.test(text()));
  expect(document.querySelectorAll(".stk .row").length).toBeLessThan(120);
  expect(asked.every((a) => a.sort === "name")).toBe(true);
  expect(asked.filter((a) => a.after)).toHaveLength(5);
  expect(text()).toMatch(/Tree5,?200/);
  expect(text()).not.toContain("Reading the rest");
});

test("text from AWS is text", async () => {
  const title = document.title;
  await open("hostile");
  await press("j", "j", "Enter");
  await until(() => document.querySelector(".stackdetail h2"));
  for (const name of ["Events", "Resources", "Templates", "Outputs", "Runs", "Overview"]) await tab(name);
  expect(document.querySelectorAll(".stacks img, .stacks script, .stacks a[href]")).toHaveLength(0);
  expect(document.title).toBe(title);
});

test("an empty stack is none that failed", async () => {
  await open("empty");
  expect(text()).toContain("No stacks here");
  expect(registry.can("list.open")).toBe(true);
});

test("bars of an operation that goes on end now", async () => {
  await opened(stackId("shop-stg", "search-cluster"));
  expect(document.querySelector(".lane .bar.running")).not.toBeNull();
  expect((document.querySelector(".operation header") as HTMLElement).textContent).toContain("3m 00s");
});
