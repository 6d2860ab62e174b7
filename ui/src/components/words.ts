// The words of a filter while they are typed: which one the caret is in, and what could stand there. What they mean is the
// backend's (crates/api/src/words.rs); the names here are the ones it knows.

import type { Aspect, Health } from "$/gen/api";

export const NAMES = ["health", "env", "profile", "account", "region", "stage"] as const;
export type Name = (typeof NAMES)[number];

/** In the order of need; a word for every health and aspect. */
export const HEALTHS = ["failed", "attention", "waiting", "stuck", "held", "stopped", "running", "queued", "unknown", "ok", "superseded", "retired"] as const satisfies readonly (Health | Aspect)[];

/** What can be offered for each name. */
export type Known = Record<Name, readonly string[]>;

export interface Word {
  /** Where in the text it begins and ends. */
  from: number;
  to: number;
  /** The name before the colon, once it is one there is. */
  name: Name | undefined;
  /** What stands after the colon, of several values the last; without a name the whole word. */
  value: string;
}

/** The word the caret is in. Quotes hold spaces and commas together. */
export function wordAt(text: string, caret: number): Word {
  let from = 0;
  let part = 0;
  let quoted = false;
  for (let i = 0; i < caret; i++) {
    if (text[i] === '"') quoted = !quoted;
    else if (!quoted && /\s/.test(text.charAt(i))) from = part = i + 1;
    else if (!quoted && text[i] === ",") part = i + 1;
  }
  let to = caret;
  while (to < text.length && (quoted || !/[\s,]/.test(text.charAt(to)))) {
    if (text[to] === '"') quoted = !quoted;
    to += 1;
  }
  const colon = text.indexOf(":", from);
  const name = colon >= 0 && colon < caret ? NAMES.find((n) => n === text.slice(from, colon).toLowerCase()) : undefined;
  if (!name) return { from, to, name: undefined, value: text.slice(from, caret) };
  const start = Math.max(part, colon + 1);
  return { from: start, to, name, value: text.slice(start, caret).replaceAll('"', "") };
}

/** Something that could stand in the word's place. */
export interface Offer {
  word: Word;
  /** What is put there. */
  text: string;
  /** The name alone, with its values to follow. */
  name: Name;
  value: string | undefined;
}

const MOST = 12;

/** What could stand where the caret is; nothing while a plain word is typed that is no beginning of a name. */
export function offersAt(text: string, caret: number, known: Known): Offer[] {
  const word = wordAt(text, caret);
  const typed = word.value.toLowerCase();
  const { name } = word;
  if (!name) {
    if (typed === "" && text.trim() !== "") return [];
    return NAMES.filter((n) => n.startsWith(typed) && known[n].length > 0).map((n) => ({ word, text: `${n}:`, name: n, value: undefined }));
  }
  const fitting = known[name].filter((value) => value.toLowerCase().includes(typed));
  // Typed in full: nothing is left to offer.
  if (fitting.length === 1 && fitting[0]?.toLowerCase() === typed) return [];
  const first = (value: string) => (value.toLowerCase().startsWith(typed) ? 0 : 1);
  return fitting
    .map((value, i) => ({ value, i }))
    .sort((a, b) => first(a.value) - first(b.value) || a.i - b.i)
    .slice(0, MOST)
    .map(({ value }) => ({ word, text: `${/[\s,"]/.test(value) ? `"${value.replaceAll('"', "")}"` : value} `, name, value }));
}

/** The text with the offer in it, and where the caret goes. */
export function taken(text: string, { word, text: put }: Offer): { text: string; caret: number } {
  const before = text.slice(0, word.from) + put;
  const after = text.slice(word.to);
  return { text: before + (put.endsWith(" ") ? after.trimStart() : after), caret: before.length };
}
