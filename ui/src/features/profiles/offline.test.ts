import { expect, test } from "vitest";
import type { SourceState, SourceStatus } from "$/gen/api";
import { expired, profiles, unreachable } from "$/platform/fixtures/sources";
import { offlineSince } from "./offline";

const source = (profile: string, state: SourceState, ok_at: string | null): SourceStatus => ({ ...unreachable.source, id: { ...unreachable.source.id, profile }, state, ok_at });

test.each([
  ["nothing was tried", [], undefined],
  ["one answers", [source("shop-prod", "unreachable", "2026-11-22T14:00:00Z"), source("shop-dev", "ok", "2026-11-22T14:10:00Z")], undefined],
  ["none answers: since the last that did", [source("shop-prod", "unreachable", "2026-11-22T14:00:00Z"), source("shop-dev", "unreachable", "2026-11-22T14:10:00Z")], "2026-11-22T14:10:00Z"],
  ["none ever answered", [source("shop-prod", "unreachable", null)], null],
  ["what was not tried yet tells nothing", [source("shop-prod", "unreachable", null), source("shop-dev", "pending", null)], null],
  ["denied is an answer", [source("shop-prod", "unreachable", null), source("shop-dev", "denied", null)], undefined],
] as const)("%s", (_, sources, since) => {
  expect(offlineSince(sources, profiles)).toBe(since);
});

test("who is signed out is asked nothing, so that says nothing of the network", () => {
  const sources = [source("shop-dev", "ok", "2026-11-22T14:10:00Z"), source("shop-prod", "unreachable", "2026-11-22T14:00:00Z")];
  expect(offlineSince(sources, expired)).toBe("2026-11-22T14:00:00Z");
});
