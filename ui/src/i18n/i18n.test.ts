import { afterEach, beforeEach, expect, test } from "vitest";
import { m } from "$/gen/messages";
import { settings } from "$/platform";
import { compiled } from "./compile";
import { age, ago, count, day, duration, long, shortId } from "./format";
import { fit, mark } from "./particles";

const speak = (language: string) => settings.load({ theme: "dark", language, views: {} });
beforeEach(() => speak("en"));
afterEach(() => speak("en"));

const S = 1000;
const M = 60 * S;
const H = 60 * M;

test.each([
  [0, "0s", "0s"],
  [6 * S, "6s", "6s"],
  [2 * M + 8 * S, "2m 08s", "2m 08s"],
  [9 * M + 59 * S, "9m 59s", "9m 59s"],
  [10 * M, "10m", "10m"],
  [2 * H + 14 * M, "2h", "2h 14m"],
  [30 * H, "1d", "1d 6h"],
])("%i ms is %s, and %s where hours are the subject", (ms, short, whole) => {
  expect([duration(ms), long(ms)]).toEqual([short, whole]);
});

test("one unit, and in a sentence", () => {
  expect([age(61 * S), ago(12 * M), ago(26 * H)]).toEqual(["1m", "12 min ago", "1 d ago"]);
  speak("ko");
  expect([duration(9 * M + 31 * S), ago(12 * M)]).toEqual(["9분 31초", "12분 전"]);
});

test("days", () => {
  const now = new Date(2026, 10, 22, 14, 24).getTime();
  const at = (d: number, h: number) => new Date(2026, 10, d, h, 9).toISOString();
  expect([day(at(22, 14), now), day(at(21, 17), now), day(at(20, 11), now), day(new Date(2025, 10, 3).toISOString(), now)]).toEqual(["today 14:09", "yesterday 17:09", "20 Nov 11:09", "3 Nov 2025"]);
});

test("a count that is the least there are says so", () => {
  expect([count({ n: 1000, exact: false }), count({ n: 58, exact: true }), count({ n: 100000, exact: true })]).toEqual(["1000+", "58", "100,000"]);
});

test.each([
  ["9f3c2e1aa0b1c2d3e4f5061728394a5b6c7d8e9f", "9f3c2e1"],
  ["sha256:7be1aaaaaaaaaaaaaaaaaaaaaaaa04ca", "sha256:7be1…04ca"],
  ["a91c07de-6c1e-4d83-9f27-0b6e5a7de2f4", "a91c07de…e2f4"],
  ["v41", "v41"],
])("%s is written %s", (id, short) => {
  expect(shortId(id)).toBe(short);
});

test.each([
  ["checkout-api", "이/가", "가"],
  ["쿠폰", "이/가", "이"],
  ["500", "을/를", "을"],
  ["shop-prod", "은/는", "는"],
  ["token", "과/와", "과"],
  ["서울", "으로/로", "로"],
  ["부산", "으로/로", "으로"],
  ["mail", "으로/로", "로"],
])("after %s, of %s comes %s", (name, pair, particle) => {
  expect(fit(mark(`{x}(${pair})`).replace("{x}", name))).toBe(name + particle);
});

test("a pair that AWS happened to write is left alone", () => {
  speak("ko");
  expect(m.badge.failed({ stage: "Deploy(이/가)" })).toBe("Deploy(이/가)에서 실패");
});

test("the language is switched live", () => {
  expect(m.board.title()).toBe("Board");
  speak("ko");
  expect(m.board.title()).toBe("보드");
});

test("text from AWS in a message is not read as a message", () => {
  expect(m.badge.failed({ stage: "{n, plural, other {x}} <b>y</b> '{'" })).toBe("Failed in {n, plural, other {x}} <b>y</b> '{'");
});

test("messages are parsed into what they are made of", () => {
  expect(compiled("plain")).toBe("plain");
  expect(compiled("a {x} '{'b'}'")).toEqual(["a ", { value: "x" }, " {b}"]);
  expect(compiled("<m>{x}</m>")).toEqual([{ tag: "m", of: [{ value: "x" }] }]);
  expect(compiled("{n, plural, one {# row} other {# rows}}")).toEqual([{ plural: "n", one: [{ number: "n" }, " row"], other: [{ number: "n" }, " rows"] }]);
  for (const unknown of ["{n, plural, =0 {none} other {#}}", "{n, plural, offset:1 other {#}}", "{n, selectordinal, other {#th}}", "{x, select, other {y}}", "{t, date}"]) {
    expect(() => compiled(unknown)).toThrow(unknown);
  }
});

test("a plural is said in each language", () => {
  expect([m.frame.regions({ n: 1 }), m.frame.regions({ n: 12_000 })]).toEqual(["1 Region", "12,000 Regions"]);
  speak("ko");
  expect(m.frame.regions({ n: 1 })).toBe("리전 1곳");
});
