import { expect, test } from "vitest";
import { concerns, tagsOf } from "./tags";

test.each([
  ["pipeline", { id: "p/arn" }, ["row:p/arn", "log:p/arn", "profiles", "locks", "marks", "sources"]],
  ["rows", { kinds: ["codebuild.build"] }, ["rows:codebuild.build", "sources", "profiles"]],
  ["rows", {}, ["rows", "sources", "profiles"]],
  ["plan", { id: "x" }, []],
] as const)("%s with %o provides %o", (name, params, tags) => {
  expect(tagsOf(name, params)).toEqual(tags);
});

test.each([
  ["board", "board", true],
  ["rows", "rows:codebuild.build", true],
  ["rows:codebuild.build", "rows", true],
  ["rows:codebuild.build", "rows:codepipeline.pipeline", false],
  ["row:a", "row:ab", false],
  ["rows", "row:a", false],
])("data tagged %s and a change of %s: %s", (tag, changed, yes) => {
  expect(concerns(tag, changed)).toBe(yes);
});
