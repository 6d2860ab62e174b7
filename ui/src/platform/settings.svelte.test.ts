import { flushSync } from "svelte";
import { beforeEach, expect, test, vi } from "vitest";
import type { Settings } from "$/gen/api";
import { setHost } from "./current";
import type { Host } from "./host";
import { cache } from "./query.svelte";
import { settings, viewState } from "./settings.svelte";

/** What the ledger keeps, as the backend changes it; and what it was asked. */
let kept: Settings;
let patches: Record<string, unknown>[];
/** Answers of `boot` wait for this, where a test wants it so. */
let gate: Promise<void> | undefined;
let refuses = false;

const attention = { notify: true, rules: [], quiet: null, stay_in_tray: false };
const asked = async (name: string, params: Record<string, unknown>): Promise<unknown> => {
  if (name === "boot") {
    const answer = { settings: structuredClone(kept) };
    await gate;
    return answer;
  }
  if (refuses) throw { code: "local", message: "The disk is full.", info: null };
  patches.push(params);
  const { language, views, ...rest } = params as Partial<Settings>;
  kept = { ...kept, ...rest, ...(language === undefined ? {} : { language: language || null }), views: { ...kept.views, ...views } };
  return {};
};

/** Another front: it changes what is kept, and this one is told. */
let seq = 0;
const elsewhere = async (change: Partial<Settings>) => {
  kept = { ...kept, ...change, views: { ...kept.views, ...change.views } };
  cache.heard({ seq: (seq += 1), tags: ["settings"] });
  await vi.advanceTimersByTimeAsync(0);
};
const written = () => vi.advanceTimersByTimeAsync(500);

beforeEach(() => {
  vi.useFakeTimers();
  kept = { theme: "light", language: "en", attention, views: { board: { text: "a" }, "list.builds": { text: "b" } } };
  patches = [];
  gate = undefined;
  refuses = false;
  setHost({ call: asked } as unknown as Host);
  settings.load(structuredClone(kept));
  const stop = settings.follow();
  return () => {
    stop();
    vi.useRealTimers();
  };
});

test("only what changed is written", async () => {
  settings.theme = "dark";
  viewState("board", { text: "" }).text = "x";
  await written();
  expect(patches).toEqual([{ theme: "dark", views: { board: { text: "x" } } }]);
  settings.language = null;
  await written();
  expect(patches[1]).toEqual({ language: "" });
});

test("what another front set is taken over, and no stale value of this page overwrites it", async () => {
  await elsewhere({ theme: "dark", attention: { ...attention, notify: false } });
  expect([settings.theme, settings.attention.notify]).toEqual(["dark", false]);
  viewState("board", { text: "" }).text = "x";
  await written();
  expect([kept.theme, kept.attention.notify]).toEqual(["dark", false]);
});

test("two fronts that change different things both have both", async () => {
  settings.language = "ko";
  await elsewhere({ theme: "dark", views: { "list.builds": { text: "theirs" } } });
  await written();
  expect(kept).toMatchObject({ theme: "dark", language: "ko", views: { board: { text: "a" }, "list.builds": { text: "theirs" } } });
  expect([settings.theme, settings.language]).toEqual(["dark", "ko"]);
  expect(viewState("list.builds", { text: "" }).text).toBe("theirs");
});

test("what changed here and is not written yet stands; so does what changed while it was asked", async () => {
  settings.theme = "dark";
  await elsewhere({ theme: "system" });
  expect(settings.theme).toBe("dark");
  await written();
  expect(kept.theme).toBe("dark");

  let open = () => undefined as void;
  gate = new Promise((done) => (open = done));
  await elsewhere({ language: "ko" });
  settings.language = null;
  await written();
  open();
  await vi.advanceTimersByTimeAsync(0);
  expect([settings.language, kept.language]).toEqual([null, null]);
});

test("a view that is on the screen keeps its filter; what is shared follows", async () => {
  const board = viewState("board", { text: "" });
  const saved = viewState("saved", { views: [] as string[] }, { shared: true });
  await elsewhere({ views: { board: { text: "theirs" }, saved: { views: ["one"] } } });
  flushSync();
  expect([board.text, saved.views]).toEqual(["a", ["one"]]);
  await written();
  expect(patches).toEqual([]);
});

test("an event that was lost is made good by the next, which tells of a hole", async () => {
  kept = { ...kept, theme: "dark" };
  cache.heard({ seq: (seq += 5), tags: ["board"] });
  await vi.advanceTimersByTimeAsync(0);
  expect(settings.theme).toBe("dark");
});

test("what could not be kept is told, and goes with the next change", async () => {
  refuses = true;
  settings.theme = "dark";
  await written();
  expect(settings.error?.message).toBe("The disk is full.");
  refuses = false;
  settings.language = "ko";
  await written();
  expect(patches).toEqual([{ theme: "dark", language: "ko" }]);
  expect(settings.error).toBeUndefined();
});
