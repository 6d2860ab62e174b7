// Sentences of the backend in the language of the screen. The backend says each of them once, in English, the same to the
// window, to `skydeckctl` and to the ledger that keeps it; as with gettext that sentence, with its holes, is the key of
// its translation (messages/said.ko.json). What has none, and all that AWS says, stays as it is. Nothing but the words
// on the screen hangs on it; a test holds the table against the backend's sources.

import { i18n } from "./index.svelte";
import { fit, mark } from "./particles";

interface Sentence {
  pattern: RegExp;
  names: string[];
  translated: string;
}

const HOLE = /\{(\w+)\}/g;
const quoted = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Longest words first: of two that fit, the one with fewer letters in its holes is meant. */
const made = (table: Record<string, string>): Sentence[] =>
  Object.entries(table)
    .sort(([a], [b]) => b.replace(HOLE, "").length - a.replace(HOLE, "").length)
    .map(([english, korean]) => {
      const parts = english.split(/(\{\w+\})/);
      const pattern = parts.map((p) => (/^\{\w+\}$/.test(p) ? "(.+?)" : quoted(p))).join("");
      return { pattern: new RegExp(`^${pattern}$`, "s"), names: [...english.matchAll(HOLE)].map((h) => h[1] ?? ""), translated: mark(korean) };
    });
let sentences: readonly Sentence[] | undefined;

function whole(text: string): string | undefined {
  for (const { pattern, names, translated } of (sentences ??= made(i18n.said))) {
    const found = pattern.exec(text);
    if (!found) continue;
    // What fills a hole may be words of the backend again: `the failed actions`.
    const filled = Object.fromEntries(names.map((name, i) => [name, whole(found[i + 1] ?? "") ?? found[i + 1] ?? ""]));
    return fit(translated.replace(HOLE, (_, name: string) => filled[name] ?? ""));
  }
  return undefined;
}

/** The sentence, or the sentences one after the other, in the language of the screen. */
export function said(text: string): string {
  if (i18n.language === "en" || text === "") return text;
  return whole(text) ?? text.split(/(?<=\.) /).map((s) => whole(s) ?? s).join(" ");
}
