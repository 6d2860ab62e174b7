import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { registry } from "$/commands/registry.svelte";
import { defects } from "$/platform";
import Two from "./Two.test.svelte";

let broken = $state(false);
let page: Record<string, unknown> | undefined;
const parts = () => [...document.querySelectorAll(".part")].map((p) => p.textContent);
const button = (name: string) => [...document.querySelectorAll("button")].find((b) => b.textContent.includes(name));

beforeEach(() => {
  vi.spyOn(console, "error").mockReturnValue();
  broken = false;
  page = mount(Two, { target: document.body, props: { broken: () => broken } });
  flushSync();
});
afterEach(async () => {
  if (page) await unmount(page);
  vi.restoreAllMocks();
});

test("a part that throws ends alone, says so, offers the report, and comes back", () => {
  expect(parts()).toEqual(["well", "well"]);
  broken = true;
  flushSync();
  expect(parts()).toEqual(["well"]);
  expect(document.querySelector('[role="alert"]')?.textContent).toContain("This part of Skydeck stopped");
  expect(defects.all.at(-1)).toMatchObject({ place: "first", message: "TypeError: x is undefined" });
  expect(defects.unsaid).toBe(false);

  const run = vi.spyOn(registry, "run").mockReturnValue(true);
  button("Report a problem")?.click();
  expect(run).toHaveBeenCalledWith("report");

  broken = false;
  button("Try again")?.click();
  flushSync();
  expect(parts()).toEqual(["well", "well"]);
  expect(document.querySelector('[role="alert"]')).toBeNull();
});

test("what nothing caught is said once, and noted every time", () => {
  const stop = defects.listen();
  const before = defects.all.length;
  const thrown = (message: string) => window.dispatchEvent(new ErrorEvent("error", { message, error: new Error(message) }));
  thrown("ResizeObserver loop completed with undelivered notifications.");
  expect([defects.unsaid, defects.all.length]).toEqual([false, before]);
  thrown("one");
  expect(defects.unsaid).toBe(true);
  defects.putAway();
  const rejected = new Event("unhandledrejection") as Event & { reason: unknown };
  rejected.reason = { code: "internal", message: "two", info: null };
  window.dispatchEvent(rejected);
  expect(defects.unsaid).toBe(false);
  expect(defects.all.slice(before).map((d) => [d.place, d.message])).toEqual([["page", "Error: one"], ["promise", "two"]]);
  stop();
});
