// The filter field: what is offered while one types, and that the keyboard takes it.

import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cache, setHost, settings } from "$/platform";
import { fixtureHost } from "$/platform/fixtures";
import Filter from "./Filter.svelte";

let app: object | undefined;
const props = $state({ text: "", stages: ["Build", "Deploy"] });
const wait = async (ms = 0) => {
  await new Promise((done) => setTimeout(done, ms));
  flushSync();
};
const field = () => document.querySelector("input")!;
const offers = () => [...document.querySelectorAll('[role="option"]')].map((o) => o.querySelector(".mono")?.textContent);
const current = () => document.querySelector('[role="option"][aria-selected="true"]');

beforeEach(async () => {
  setHost(fixtureHost(new URLSearchParams({ fixture: "full" })));
  settings.load({ theme: "dark", language: "en", views: {} });
  props.text = "";
  app = mount(Filter, {
    target: document.body,
    props: {
      get text() {
        return props.text;
      },
      set text(text) {
        props.text = text;
      },
      get stages() {
        return props.stages;
      },
    },
  });
  flushSync();
  field().focus();
  await import("./FilterOffers.svelte");
  await wait();
  await wait();
});
afterEach(async () => {
  if (app) await unmount(app);
  app = undefined;
  document.body.replaceChildren();
  cache.scopeChanged();
});

async function type(text: string) {
  field().value = text;
  field().setSelectionRange(text.length, text.length);
  field().dispatchEvent(new Event("input", { bubbles: true }));
  await wait();
}
function press(key: string) {
  const down = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  field().dispatchEvent(down);
  field().dispatchEvent(new KeyboardEvent("keyup", { key, bubbles: true }));
  flushSync();
  return down.defaultPrevented;
}

test("names are offered at once, and the values of one after it", async () => {
  expect(offers()).toEqual(["health:", "env:", "profile:", "account:", "region:", "stage:"]);
  await type("stage:");
  expect(offers()).toEqual(["Build", "Deploy"]);
  await type("profile:pr");
  expect(offers()).toEqual(["shop-prod"]);
  await type("checkout");
  expect(offers()).toEqual([]);
});

test("the arrows go through the offers, Enter takes one, and a list that changes meanwhile moves nothing", async () => {
  await type("health:");
  press("ArrowDown");
  press("ArrowDown");
  expect(current()?.textContent).toContain("attention");
  expect(field().getAttribute("aria-activedescendant")).toBe(current()?.id);
  props.stages = ["Build"];
  await wait(200);
  expect(current()?.textContent).toContain("attention");
  press("Enter");
  await wait();
  expect(props.text).toBe("health:attention ");
  expect(document.activeElement).toBe(field());
});

test("what is typed counts at once where the field goes away", async () => {
  await type("web");
  expect(props.text).toBe("");
  if (app) await unmount(app);
  app = undefined;
  expect(props.text).toBe("web");
});

test("Escape closes the offers, then empties the field, then leaves it", async () => {
  await type("health:");
  press("Escape");
  expect([offers(), field().value]).toEqual([[], "health:"]);
  press("Escape");
  expect(field().value).toBe("");
});

test("Enter without a choice leaves the field as it is typed, and Tab goes on", async () => {
  await type("health:fa");
  expect(press("Tab")).toBe(false);
  expect(press("Enter")).toBe(true);
  expect(document.activeElement).not.toBe(field());
  await wait(200);
  expect(props.text).toBe("health:fa");
});
