import { describe, expect, it } from "vitest";
import type { Profile } from "$/gen/api";
import { find } from "$/components/find";
import { search, sessions } from "./match";

const profile = (name: string, more: Partial<Profile> = {}): Profile => ({
  name, kind: "static", account: null, identity: null, regions: [], protection: "open", protection_chosen: false, environment: null,
  label: null, colour: "teal", shown: true, sso_session: null, sign_in: { state: "in", expires_at: null }, error: null, ...more,
});

describe("finding a profile", () => {
  it("takes letters in order and prefers them together at a word's beginning", () => {
    const names = ["a-shop-prod", "shop-prod", "sip-hop-prod", "web"].map((n) => profile(n));
    expect(search(names, "shop").map((h) => h.profile.name)).toEqual(["shop-prod", "a-shop-prod", "sip-hop-prod"]);
  });
  it("finds by account, label and Korean too", () => {
    const all = [profile("x", { account: "777788889999" }), profile("y", { label: "결제 운영" })];
    expect(search(all, "7777").map((h) => h.profile.name)).toEqual(["x"]);
    expect(search(all, "결제").map((h) => h.profile.name)).toEqual(["y"]);
  });
  it("underlines exactly the letters", () => expect(find("shop-dev", "sdv")?.letters).toEqual([0, 5, 7]));
  it("keeps one sign-in together", () => {
    const hits = search([profile("a", { sso_session: "s" }), profile("b"), profile("c", { sso_session: "s" })], "");
    expect(sessions(hits).map((g) => g.hits.map((h) => h.profile.name))).toEqual([["a", "c"], ["b"]]);
  });
});
