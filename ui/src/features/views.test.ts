// What stands in the rail is looked at: each view has fixtures, and a line in scripts/screens.mjs by which pictures and the
// check of accessibility find it.

import { expect, test } from "vitest";
import { worlds } from "$/platform/fixtures/worlds";
import { SCREENS } from "../../scripts/screens.mjs";
import { views } from "./views";

test.each(views.map((v) => v.id))("%s is looked at: full, and as it fails", (view) => {
  const fixtures = new Set(SCREENS.filter((s) => s.query.view === view).flatMap((s) => s.fixtures));
  expect([...fixtures]).toEqual(expect.arrayContaining(["full", "error"]));
});

test("every fixture that is looked at is there, and every one that is there is looked at", () => {
  expect(new Set(SCREENS.flatMap((s) => s.fixtures))).toEqual(new Set(Object.keys(worlds)));
});
