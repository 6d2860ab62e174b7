// The language of the screen, switched live: every message function reads it, so whatever shows a message follows.
// Messages are ICU in messages/<language>.json; src/gen/messages.ts (npm run gen) has a typed function for each. English is
// always there; Korean comes when it is chosen, or after the first frame, and is spoken from then on.
// Korean particles: `{name}(이/가)` in ko.json becomes the one that fits the name.

import { settings } from "$/platform";
import type { Compiled, Piece } from "./compile";
import en from "./messages/en.json?compiled";
import { number } from "./number";
import { fit } from "./particles";

export const LANGUAGES = ["en", "ko"] as const;
export type Language = (typeof LANGUAGES)[number];

/** A value of a message. */
export type Value = string | number;
/** A piece of a message with `<b>…</b>` tags in it: its text and the tag it stood in. */
export interface Part {
  tag: string | null;
  text: string;
}

const messages: Partial<Record<Language, unknown>> = {};
const read: Partial<Record<Language, () => unknown>> = { en };
let korean = $state.raw<typeof import("./korean")>();

export const i18n = {
  /** The language that was chosen, by the user or by the system. */
  get chosen(): Language {
    return (settings.language ?? navigator.language.slice(0, 2)) === "ko" ? "ko" : "en";
  },
  /** The language that is spoken: the chosen one, once it is here. */
  get language(): Language {
    return korean ? i18n.chosen : "en";
  },
  /** Sentences of the backend in Korean, by their English. */
  get said(): Record<string, string> {
    return korean?.said ?? {};
  },
};

/** Fetches Korean. A screen in the other language is still a screen: what fails here is not told. */
export async function learnKorean(): Promise<void> {
  try {
    const [learnt] = await Promise.all([import("./korean"), import("$/styles/hangul.css")]);
    read.ko = learnt.messages;
    korean = learnt;
  } catch {
    // English it stays.
  }
}

function message(key: string): Compiled {
  const language = i18n.language;
  return key.split(".").reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], (messages[language] ??= read[language]?.())) as Compiled;
}

type Values = Record<string, Value> | undefined;

/** One is one in English, and Korean has no plural; numbers are grouped from five figures on. */
function said(piece: Piece, values: Values): string {
  if (typeof piece === "string") return piece;
  if ("value" in piece) return String(values?.[piece.value]);
  if ("number" in piece) return number(Number(values?.[piece.number]));
  if ("tag" in piece) return all(piece.of, values);
  return all(i18n.language === "en" && Number(values?.[piece.plural]) === 1 ? piece.one : piece.other, values);
}
const all = (pieces: readonly Piece[], values: Values): string => pieces.map((piece) => said(piece, values)).join("");

/** The message as text. Called by the generated functions only. */
export function text(key: string, values?: Record<string, Value>): string {
  const found = message(key);
  return fit(typeof found === "string" ? found : all(found, values));
}

/** The message in pieces, for <Rich>. Called by the generated functions only. */
export function parts(key: string, values?: Record<string, Value>): Part[] {
  const found = message(key);
  const pieces = typeof found === "string" ? [found] : found;
  return pieces.map((piece) => ({ tag: typeof piece === "object" && "tag" in piece ? piece.tag : null, text: fit(said(piece, values)) }));
}
