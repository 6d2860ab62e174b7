// The order of sources, calls and sign-ins; why a source is not fresher, in words; and the view as mounted, on fixtures.

import { flushSync, mount, unmount } from "svelte";
import { afterEach, describe, expect, it, test } from "vitest";
import type { Cure, SourceState, SourceStatus } from "$/gen/api";
import { listen, registry } from "$/commands/registry.svelte";
import { cache, clock, setHost, settings, type Host } from "$/platform";
import { fixtureHost } from "$/platform/fixtures";
import { ago, ahead, NOW, profile } from "$/platform/fixtures/make";
import { toast } from "../frame/toast.svelte";
import Meters from "../frame/Meters.svelte";
import { ending } from "./ending";
import Freshness from "./Freshness.svelte";
import { keptFreshness, partOf } from "./kept";
import { next, took } from "./numbers";
import { byShare, freshAt, lines, profilesOf, signIns, type Line, type Source } from "./order";
import { canReadNow, stateOf, why, type About } from "./why";

const NOW_MS = Date.parse(NOW);
const status = (service: string, state: SourceState, more: Partial<SourceStatus> = {}): SourceStatus => ({
  id: { profile: "shop-dev", region: "eu-west-1", service },
  account: null, state, error: null, ok_at: ago(60), read_at: ago(5), next_at: ahead(30), rows: 3, api_calls: 4, throttles: 0, elapsed_ms: 900, ...more,
});
const sourcesIn = (all: Line[]) => all.flatMap((l) => (l.kind === "source" ? [l] : []));
const one = (s: SourceStatus, cure?: Cure, underWay = false): Source => {
  const unread = cure ? [{ source: s, service_title: "CodeBuild", colour: "teal" as const, cure, policy: null }] : [];
  return sourcesIn(lines([s], underWay ? [s.id] : [], unread, []))[0]!;
};
const about = (more: Partial<About> = {}): About => ({ title: "CodeBuild", profile: profile("shop-dev", {}), readsHere: true, now: NOW_MS, ...more });

describe("the order of sources", () => {
  it("has those first that need somebody, and the read ones last but for what is not there", () => {
    const all = lines([status("a", "ok"), status("b", "retired"), status("c", "throttled"), status("d", "denied"), status("e", "pending"), status("f", "failed"), status("g", "signed-out")], [], [], []);
    expect(all.map((l) => (l.kind === "group" ? `${l.group} ${l.n}` : l.status.id.service))).toEqual(["act 2", "d", "g", "wait 2", "f", "c", "pending 1", "e", "read 1", "a", "absent 1", "b"]);
  });
  it("goes by what would help where that is known: a missing permission of a partial read is somebody's to mend", () => {
    expect(one(status("a", "partial")).group).toBe("wait");
    expect(one(status("a", "partial"), "permission").group).toBe("act");
    expect(one(status("a", "failed"), "config").group).toBe("act");
    expect(one(status("a", "unreachable"), "network").group).toBe("wait");
  });
  it("folds a group away and still counts it", () => {
    const all = lines([status("a", "ok"), status("b", "denied")], [], [], ["read"]);
    expect(sourcesIn(all).map((s) => s.status.id.service)).toEqual(["b"]);
    expect(all.at(-1)).toMatchObject({ kind: "group", group: "read", n: 1, folded: true });
  });
});

test("a read that failed makes nothing fresh", () => {
  expect(freshAt(status("a", "ok"))).toBe(ago(5));
  expect(freshAt(status("a", "denied"))).toBe(ago(60));
});

describe("why a source is not fresher", () => {
  const error = { code: "AccessDeniedException", message: "not authorized", operation: "ListProjects" };
  it.each<[string, Source, Partial<About>, string]>([
    ["a permission", one(status("codebuild", "denied", { error })), {}, "codebuild:ListProjects is not permitted to Operator."],
    ["a refusal without an operation", one(status("codebuild", "denied", { error: { ...error, operation: null } })), {}, "AWS refuses the read to Operator: AccessDenied."],
    ["a permission for a part", one(status("codebuild", "partial", { error }), "permission"), {}, "codebuild:ListProjects is not permitted to Operator; the rest was read."],
    ["a part", one(status("codebuild", "partial", { error: { ...error, code: "InternalFailure" } }), "wait"), {}, "Some calls failed, first with InternalFailure; the rest was read."],
    ["a sign-in", one(status("codebuild", "signed-out")), {}, "The sign-in of shop-dev has ended."],
    ["keys", one(status("codebuild", "signed-out", { error: { ...error, code: "InvalidClientTokenId" } })), { profile: profile("shop-dev", { kind: "static", sso_session: null }) }, "The credentials of shop-dev do not work: InvalidClientTokenId."],
    ["the config file, in its own words", one(status("codebuild", "failed", { error: { ...error, code: "ConfigError", message: "Line 3 names no Region." } }), "config"), {}, "Line 3 names no Region."],
    ["the network", one(status("codebuild", "unreachable", { error: { ...error, code: "DispatchFailure" } })), {}, "AWS did not answer: DispatchFailure."],
    ["a Region", one(status("codebuild", "not-available")), {}, "CodeBuild is not there in eu-west-1, or the Region is not enabled in the account."],
    ["its turn", one(status("codebuild", "pending")), {}, "Waits for its turn."],
    ["another process", one(status("codebuild", "pending")), { readsHere: false }, "The Skydeck that reads AWS has not come to it."],
    ["its turn again", one(status("codebuild", "ok", { next_at: ago(3) })), {}, "Waits for its turn within the budget of calls."],
    ["throttles", one(status("codebuild", "ok", { throttles: 2 })), {}, "2 calls of the last read throttled."],
    ["nothing", one(status("codebuild", "ok")), {}, ""],
    ["nothing while it is read", one(status("codebuild", "ok", { next_at: ago(3) }), undefined, true), {}, ""],
  ])("says %s", (_, source, more, said) => {
    expect(why(source, about(more))).toBe(said);
  });
  it("says that it is being read instead of how it was", () => expect(stateOf(one(status("a", "denied"), undefined, true))).toBe("being read"));
  it("offers to read now what a read could change", () => {
    const can = (["pending", "ok", "partial", "denied", "signed-out", "throttled", "unreachable", "not-available", "retired", "failed"] as const).filter((state) => canReadNow(one(status("a", state))));
    expect(can).toEqual(["ok", "partial", "denied", "throttled", "unreachable", "not-available", "failed"]);
    expect(canReadNow(one(status("a", "ok"), undefined, true))).toBe(false);
  });
});

test("times of reads", () => {
  expect([took(0), took(840), took(12_400)]).toEqual(["", "840 ms", "12s"]);
  const s = status("a", "ok", { next_at: ahead(38) });
  expect([next(s, false, NOW_MS), next(s, false, NOW_MS + 38_000), next(s, true, NOW_MS), next({ ...s, next_at: null }, false, NOW_MS)]).toEqual(["in 38 s", "due", "", ""]);
});

test("calls by share, then throttles; an account is named by its profiles", () => {
  const meter = (service: string, used_share: number, throttles_last_minute = 0) => ({ account: "1", region: "r", service, calls_last_minute: 1, throttles_last_minute, used_share });
  expect(byShare([meter("a", 0.1), meter("b", 0.9), meter("c", 0.1, 2)]).map((m) => m.service)).toEqual(["b", "c", "a"]);
  expect(profilesOf("111122223333", [profile("shop-dev", {}), profile("shop-prod", {})]).map((p) => p.name)).toEqual(["shop-dev"]);
});

test("sign-ins: what has ended first, then what ends soonest; time runs", () => {
  const all = [
    profile("shop-dev", { sign_in: { state: "in", expires_at: ahead(7200) } }),
    profile("shop-stg", { sign_in: { state: "out", expires_at: ago(60) } }),
    profile("shop-prod", { sign_in: { state: "expiring", expires_at: ahead(600) } }),
    profile("shop-dev", { name: "hidden", shown: false, sign_in: { state: "out", expires_at: null } }),
  ];
  expect(signIns(all, NOW_MS).map((s) => [s.profile.name, s.left])).toEqual([["shop-stg", undefined], ["shop-prod", 600_000], ["shop-dev", 7_200_000]]);
  expect(signIns(all, NOW_MS + 700_000).map((s) => s.left)).toEqual([undefined, undefined, 6_500_000]);
  expect(ending(all, NOW_MS + 1000)).toEqual({ out: 1, next: { profile: "shop-prod", left: 599_000 } });
  expect(ending(all.slice(0, 1), NOW_MS)).toEqual({ out: 0 });
});

let app: object[] = [];
let stop: (() => void)[] = [];
const wait = async () => {
  await new Promise((done) => setTimeout(done));
  flushSync();
};
async function open(fixture: string, host: Partial<Host> = {}) {
  setHost({ ...fixtureHost(new URLSearchParams({ fixture })), ...host });
  settings.load({ theme: "dark", language: "en", views: {} });
  clock.set(NOW);
  app = [mount(Meters, { target: document.body }), mount(Freshness, { target: document.body })];
  stop = [listen(), cache.start()];
  await wait();
  await wait();
}
afterEach(async () => {
  stop.forEach((s) => s());
  await Promise.all(app.map((a) => unmount(a)));
  app = [];
  document.body.replaceChildren();
  cache.scopeChanged();
});
const text = () => document.body.textContent ?? "";
const meterOf = (name: string) => [...document.querySelectorAll("button")].find((b) => b.title.startsWith(name));

test("each meter opens its part", async () => {
  await open("full");
  expect(text()).toContain("codepipeline:GetPipelineState is not permitted to Operator.");
  meterOf("14 % of the API budget used in the last minute, where it is used most. AWS throttled 3 calls")?.click();
  await wait();
  expect(keptFreshness().part).toBe("calls");
  expect(text()).toContain("148 calls in the last minute, 3 throttled");
  expect(text()).toContain("5 calls a second, and 50 % of the rate where AWS publishes one");
  meterOf("The sign-in of shop-prod ends in 18m")?.click();
  await wait();
  expect(text()).toContain("ends soon");
  expect(partOf("a part of another version")).toBe("sources");
});

test("a source is read now by itself, and a refusal is said", async () => {
  const asked: unknown[] = [];
  const base = fixtureHost(new URLSearchParams({ fixture: "full" }));
  await open("full", {
    async call(name, params) {
      if (name !== "refresh") return base.call(name, params);
      asked.push(params);
      if (asked.length > 1) throw { code: "invalid", message: "It is not among what is read.", info: null };
      return base.call(name, params);
    },
  });
  const read = () => [...document.querySelectorAll<HTMLButtonElement>('.row [aria-label="Read now"]')][0];
  read()?.click();
  await wait();
  expect(asked).toEqual([{ sources: [{ profile: "shop-dev", region: "ap-northeast-2", service: "codebuild" }] }]);
  expect([toast.text, toast.done]).toEqual(["CodeBuild in ap-northeast-2 is read as soon as its budget allows", true]);
  expect(keptFreshness().open).toBeNull();
  read()?.click();
  await wait();
  expect([toast.text, toast.done]).toEqual(["It is not among what is read.", false]);
});

test("the detail says what AWS said, and what to do", async () => {
  await open("full");
  registry.run("list.next");
  registry.run("list.open");
  await wait();
  const detail = document.querySelector(".detail")?.textContent ?? "";
  expect(detail).toContain("User: arn:aws:sts::444455556666:assumed-role/Operator/demo is not authorized to perform");
  expect(detail).toContain("Add the permission to the role, then read it now.");
  expect(detail).toContain("Copy policy");
  registry.run("back");
  await wait();
  expect(document.querySelector(".detail")).toBeNull();
});

test.each([
  ["bare", "No profile is shown"],
  ["error", "A local file could not be used"],
  ["elsewhere", "Another Skydeck reads AWS."],
  ["stale", "The sign-in of shop-dev has ended."],
  ["offline", "AWS did not answer: DispatchFailure."],
])("%s says %s", async (fixture, said) => {
  await open(fixture);
  expect(text()).toContain(said);
});

test("one sign-in's command stands at the first source of its session alone", async () => {
  await open("stale");
  expect([...document.querySelectorAll(".row button")].filter((b) => b.textContent?.includes("Copy sign-in command"))).toHaveLength(1);
});
