import { afterEach, beforeEach, expect, test } from "vitest";
import { settings } from "$/platform";
import { blockedPlan, plan } from "$/platform/fixtures/acting";
import { said } from "./said";

beforeEach(() => settings.load({ theme: "dark", language: "ko", views: {} }));
afterEach(() => settings.load({ theme: "dark", language: "en", views: {} }));

test.each([
  ["It did not succeed in Deploy.", "Deploy에서 성공하지 못했습니다."],
  ["It ran on structure 14 of the pipeline; it is at 15 now.", "파이프라인 구조 14에서 실행되었으며 지금은 15입니다."],
  ["Runs the failed actions of stage Deploy again, in execution a91c07de.", "Deploy 스테이지의 실패한 작업을 실행 a91c07de에서 다시 실행합니다."],
  ["Stage Deploy is busy: execution e77a31c0 is InProgress there.", "Deploy 스테이지가 사용 중입니다: 실행 e77a31c0이 InProgress 상태입니다."],
  ["arn:aws:x is locked: wait", "arn:aws:x는 잠겨 있습니다: wait"],
])("%s", (english, korean) => {
  expect(said(english)).toBe(korean);
});

test("what has no translation stays, and what stands beside it is translated", () => {
  expect(said("npm run smoke: exit status 1")).toBe("npm run smoke: exit status 1");
  expect(said("The build is over. Something new happened.")).toBe("빌드가 끝났습니다. Something new happened.");
});

test("in English nothing is touched", () => {
  settings.load({ theme: "dark", language: "en", views: {} });
  expect(said("The build is over.")).toBe("The build is over.");
});

test("a plan has no English sentence left", () => {
  const stack = "arn:aws:cloudformation:ap-northeast-2:777788889999:stack/x/1";
  for (const verb of ["create-change-set", "revert", "execute", "discard", "cancel", "continue", "detect-drift", "protect", "unprotect", "rollback", "rerun"]) {
    const p = plan({ verb, id: stack });
    for (const text of [p.effect, ...p.not_undone, ...p.targets.flatMap((t) => t.why_not ?? []), p.danger ?? ""].filter((t) => t !== "")) expect(said(text)).toMatch(/[가-힣]/);
  }
  for (const verb of ["start", "retry", "stop", "rollback", "approve", "reject", "hold", "release"]) {
    for (const p of [plan({ verb }), blockedPlan({ verb })]) {
      const texts = [p.effect, ...p.not_undone, ...p.checks.map((c) => c.note), ...p.targets.flatMap((t) => t.why_not ?? []), p.blocked ?? ""];
      for (const text of texts.filter((t) => t !== "")) expect(said(text)).toMatch(/[가-힣]/);
    }
  }
});
