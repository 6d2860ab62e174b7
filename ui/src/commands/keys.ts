// Keys of an event in the form of the list, and which command a run of keys means. Pure.

import type { Command, Where } from "./list";

const isMac = /Mac/.test(globalThis.navigator?.platform ?? "");

/** `j`, `?`, `Mod+k`, `Mod+Shift+l`, `Escape`. Shift alone is in the key already. */
export function keyOf(e: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  const mod = isMac ? e.metaKey : e.ctrlKey;
  const key = e.key.length === 1 && (mod || e.altKey) ? e.key.toLowerCase() : e.key;
  return [mod && "Mod", e.altKey && "Alt", mod && e.shiftKey && "Shift", key].filter(Boolean).join("+");
}

/** Whether two places are heard at the same time. */
export const together = (a: Where, b: Where): boolean => a === b || a === "global" || b === "global";

export type Meaning = { command: Command } | "more" | "nothing";

/** What the keys pressed so far mean among the commands heard now. */
export function meaning(pressed: readonly string[], heard: readonly Command[]): Meaning {
  const text = pressed.join(" ");
  const exact = heard.find((c) => c.keys.includes(text));
  if (exact) return { command: exact };
  return heard.some((c) => c.keys.some((k) => k.startsWith(`${text} `))) ? "more" : "nothing";
}

/** A key as it is drawn in a <kbd>. */
export function drawn(key: string): string[] {
  const names: Record<string, string> = { Mod: isMac ? "⌘" : "Ctrl", Escape: "Esc", ArrowDown: "↓", ArrowUp: "↑" };
  return key.split(/[+ ]/).map((k) => names[k] ?? (k.length === 1 ? k.toUpperCase() : k));
}
