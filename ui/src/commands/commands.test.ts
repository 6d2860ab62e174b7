import { expect, test } from "vitest";
import { keyOf, meaning, together } from "./keys";
import { commands, type Command } from "./list";

const all: readonly Command[] = commands;

test("ids are unique", () => {
  expect(new Set(all.map((c) => c.id)).size).toBe(all.length);
});

test("no two commands that are heard together have the same key, and no key begins another's sequence", () => {
  const clashes = all.flatMap((a, i) =>
    all.slice(i + 1).flatMap((b) =>
      together(a.where, b.where)
        ? a.keys.flatMap((ka) => b.keys.filter((kb) => ka === kb || kb.startsWith(`${ka} `) || ka.startsWith(`${kb} `)).map((kb) => `${a.id} ${ka} / ${b.id} ${kb}`))
        : [],
    ),
  );
  expect(clashes).toEqual([]);
});

const press = (key: string, more: Partial<KeyboardEvent> = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

test.each([
  [press("j"), "j"],
  [press("?", { shiftKey: true }), "?"],
  [press("K", { ctrlKey: true, shiftKey: true }), "Mod+Shift+k"],
  [press("Escape"), "Escape"],
])("%o is %s", (event, key) => {
  expect(keyOf(event)).toBe(key);
});

test("a sequence waits for its second key", () => {
  const view = all.filter((c) => together(c.where, "view"));
  expect(meaning(["g"], view)).toBe("more");
  expect(meaning(["g", "b"], view)).toMatchObject({ command: { id: "go.board" } });
  expect(meaning(["g", "z"], view)).toBe("nothing");
});
