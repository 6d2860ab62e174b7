import { expect, test } from "vitest";
import { offersAt, taken, wordAt, type Known } from "./words";

const known: Known = { health: ["failed", "waiting", "unknown"], env: ["dev", "prod"], profile: ["acme-prod", "prod-eu"], account: [], region: ["eu-west-1"], stage: ["Build", "To prod"] };
const offers = (text: string, caret = text.length) => offersAt(text, caret, known).map((o) => o.text);

test("the word the caret is in is found, with its name and its last value", () => {
  expect(wordAt("web health:fai", 14)).toEqual({ from: 11, to: 14, name: "health", value: "fai" });
  expect(wordAt("health:failed,wa env:prod", 16)).toEqual({ from: 14, to: 16, name: "health", value: "wa" });
  expect(wordAt('stage:"To pr', 12)).toEqual({ from: 6, to: 12, name: "stage", value: "To pr" });
  expect(wordAt("arn:aws:x", 9)).toMatchObject({ name: undefined, value: "arn:aws:x" });
  expect(wordAt("web  ", 5)).toMatchObject({ from: 5, value: "" });
  // In the middle of a text, what follows is another word.
  expect(wordAt("he env:prod", 2)).toEqual({ from: 0, to: 2, name: undefined, value: "he" });
});

test("names are offered for a beginning of one, and where nothing stands yet", () => {
  expect(offers("")).toEqual(["health:", "env:", "profile:", "region:", "stage:"]);
  expect(offers("he")).toEqual(["health:"]);
  expect(offers("web s")).toEqual(["stage:"]);
  expect(offers("web ")).toEqual([]);
  expect(offers("checkout")).toEqual([]);
});

test("values are offered after a name, those first that begin with what is typed", () => {
  expect(offers("env:")).toEqual(["dev ", "prod "]);
  expect(offers("profile:prod")).toEqual(["prod-eu ", "acme-prod "]);
  expect(offers("stage:to")).toEqual(['"To prod" ']);
  expect(offers("health:failed")).toEqual([]);
  expect(offers("health:failed,w")).toEqual(["waiting ", "unknown "]);
  expect(offers("account:1")).toEqual([]);
});

test("an offer takes the place of the word", () => {
  const take = (text: string, caret: number) => {
    const [offer] = offersAt(text, caret, known);
    return offer && taken(text, offer);
  };
  expect(take("he env:prod", 2)).toEqual({ text: "health: env:prod", caret: 7 });
  expect(take("health:failed,wa", 16)).toEqual({ text: "health:failed,waiting ", caret: 22 });
  expect(take("stage:to web", 8)).toEqual({ text: 'stage:"To prod" web', caret: 16 });
});
