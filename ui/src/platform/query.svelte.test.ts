import { flushSync } from "svelte";
import { afterEach, expect, test, vi } from "vitest";
import type { Event } from "$/gen/api";
import { setHost } from "./current";
import type { Host } from "./host";
import { cache, query } from "./query.svelte";

interface Waiting {
  name: string;
  params: Record<string, unknown>;
  answer: (value: unknown) => void;
  refuse: (error: unknown) => void;
}

/** A host whose answers the test gives by hand. */
function byHand() {
  const asked: Waiting[] = [];
  const host: Host = {
    call: (name, params) => new Promise((answer, refuse) => asked.push({ name, params: params as Record<string, unknown>, answer: answer as Waiting["answer"], refuse })),
    events: () => () => undefined,
    openLink: () => undefined,
    kind: "fixtures",
    demo: undefined,
    save: () => Promise.resolve(null),
    painted: () => undefined,
    opens: () => () => undefined,
    clock: () => 0,
  };
  setHost(host);
  return asked;
}

let seq = 0;
const event = (...tags: string[]): Event => ({ seq: (seq += 1), tags });
const settle = async () => {
  await new Promise((done) => setTimeout(done));
  flushSync();
};
let destroy: (() => void) | undefined;
afterEach(() => {
  destroy?.();
  cache.scopeChanged();
  vi.restoreAllMocks();
});
function mounted<T>(make: () => T): T {
  let made!: T;
  destroy = $effect.root(() => {
    made = make();
  });
  flushSync();
  return made;
}

test("data comes, stays while it is read again, and is replaced", async () => {
  const asked = byHand();
  const q = mounted(() => query("ledger", () => ({ limit: 1 })));
  expect([q.data, q.settled]).toEqual([undefined, false]);
  asked[0]?.answer({ entries: 1 });
  await settle();
  expect(q.data).toEqual({ entries: 1 });
  cache.heard(event("ledger"));
  await settle();
  expect(asked).toHaveLength(2);
  expect(q.data).toEqual({ entries: 1 });
  asked[1]?.answer({ entries: 2 });
  await settle();
  expect(q.data).toEqual({ entries: 2 });
});

test("changes during a read make one read after it, not one each", async () => {
  const asked = byHand();
  mounted(() => query("sources", () => ({})));
  for (let i = 0; i < 5; i += 1) cache.heard(event("meters"));
  expect(asked).toHaveLength(1);
  asked[0]?.answer({});
  await settle();
  expect(asked).toHaveLength(2);
});

test("an event of something else reads nothing", async () => {
  const asked = byHand();
  mounted(() => query("pipeline", () => ({ id: "p/a" })));
  asked[0]?.answer({});
  await settle();
  cache.heard(event("row:p/b", "log:p/b"));
  await settle();
  expect(asked).toHaveLength(1);
});

test("a hole in the numbers of the events reads everything again", async () => {
  const asked = byHand();
  mounted(() => query("ledger", () => ({ limit: 3 })));
  asked[0]?.answer({});
  await settle();
  cache.heard(event("nothing"));
  seq += 1;
  cache.heard(event("nothing"));
  await settle();
  expect(asked).toHaveLength(2);
});

test("an answer of the profiles shown before is dropped", async () => {
  const asked = byHand();
  const q = mounted(() => query("board", () => ({ text: "late" })));
  cache.scopeChanged();
  asked[0]?.answer({ groups: "old" });
  await settle();
  expect(q.data).toBeUndefined();
  asked[1]?.answer({ groups: "new" });
  await settle();
  expect(q.data).toEqual({ groups: "new" });
});

test("another thing's data is never shown for it; another filter's is, until its own comes", async () => {
  const asked = byHand();
  let id = $state("a");
  const [other, filter] = mounted(() => [query("pipeline", () => ({ id })), query("board", () => ({ text: id }), { keep: true })] as const);
  asked[0]?.answer({ row: "a" });
  asked[1]?.answer({ groups: "a" });
  await settle();
  id = "b";
  flushSync();
  expect(other.data).toBeUndefined();
  expect(filter.data).toEqual({ groups: "a" });
  asked[3]?.answer({ groups: "b" });
  await settle();
  expect(filter.data).toEqual({ groups: "b" });
});

test("an error is told and the last data stays", async () => {
  const asked = byHand();
  const q = mounted(() => query("profiles", () => ({})));
  asked[0]?.answer({ profiles: [] });
  await settle();
  cache.heard(event("profiles"));
  asked[1]?.refuse({ code: "local", message: "disk full", info: null });
  await settle();
  expect(q.error?.code).toBe("local");
  expect(q.data).toEqual({ profiles: [] });
});

test("hidden, a change waits; the first read does not", async () => {
  const asked = byHand();
  const hidden = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  mounted(() => query("ledger", () => ({ limit: 9 })));
  expect(asked).toHaveLength(1);
  asked[0]?.answer({});
  await settle();
  cache.heard(event("ledger"));
  await settle();
  expect(asked).toHaveLength(1);
  hidden.mockReturnValue("visible");
  const stop = cache.start();
  document.dispatchEvent(new window.Event("visibilitychange"));
  await settle();
  expect(asked).toHaveLength(2);
  stop();
});

test("what took long to read rests before it is read again, and then is", async () => {
  const asked = byHand();
  const now = vi.spyOn(performance, "now").mockReturnValue(1_000);
  mounted(() => query("ledger", () => ({ limit: 5 })));
  now.mockReturnValue(1_020);
  asked[0]?.answer({ entries: 1 });
  await settle();
  cache.heard(event("ledger"));
  cache.heard(event("ledger"));
  await settle();
  expect(asked).toHaveLength(1);
  now.mockReturnValue(1_081);
  await new Promise((done) => setTimeout(done, 80));
  expect(asked).toHaveLength(2);
});
