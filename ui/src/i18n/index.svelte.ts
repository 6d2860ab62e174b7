// The language of the screen, switched live: every message function reads it, so whatever shows a message follows.
// Messages are ICU in messages/<language>.json; src/gen/messages.ts (npm run gen) has a typed function for each. English is
// always there; Korean comes when it is chosen, or after the first frame, and is spoken from then on.
// Korean particles: `{name}(이/가)` in ko.json becomes the one that fits the name.

import { IntlMessageFormat, type Formatters } from "intl-messageformat";
import { settings } from "$/platform";
import type { Compiled } from "./compile";
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
type Format = string | readonly string[] | IntlMessageFormat;
// Not state, only work saved.
// eslint-disable-next-line svelte/prefer-svelte-reactivity
const formats = new Map<string, Format>();

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

// One is one in English, and Korean has no plural; numbers are grouped from five figures on. Said here, for to ask the
// system (Intl) takes its tables of every language: a twentieth of the time until the first rows.
IntlMessageFormat.resolveLocale = (locales) => new Intl.Locale(String(locales));
const formatters = (language: Language): Formatters => ({
  getPluralRules: () => ({ select: (n: number) => (language === "en" && n === 1 ? "one" : "other") }) as Intl.PluralRules,
  getNumberFormat: () => ({ format: (n: number) => number(n) }) as Intl.NumberFormat,
  getDateTimeFormat: (...args) => new Intl.DateTimeFormat(...args),
});

function format(key: string, language: Language): Format {
  const id = `${language} ${key}`;
  let found = formats.get(id);
  if (found === undefined) {
    const message = key.split(".").reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], (messages[language] ??= read[language]?.())) as Compiled;
    found = typeof message === "object" && "ast" in message ? new IntlMessageFormat(message.ast, language, undefined, { formatters: formatters(language) }) : message;
    formats.set(id, found);
  }
  return found;
}

/** The message as text. Called by the generated functions only. */
export function text(key: string, values?: Record<string, Value>): string {
  const found = format(key, i18n.language);
  if (typeof found === "string") return found;
  if (found instanceof IntlMessageFormat) return fit(String(found.format(values)));
  // Text and names of values in turn.
  return fit(found.map((piece, i) => (i % 2 === 0 ? piece : String(values?.[piece]))).join(""));
}

/** The message in pieces, for <Rich>. Called by the generated functions only. */
export function parts(key: string, values?: Record<string, Value>): Part[] {
  const found = format(key, i18n.language);
  if (!(found instanceof IntlMessageFormat)) return [{ tag: null, text: text(key, values) }];
  const tags = Object.fromEntries(
    ["b", "m"].map((tag) => [tag, (chunks: (string | Part)[]): Part => ({ tag, text: chunks.map(String).join("") })]),
  );
  const made = found.format<Part>({ ...values, ...tags } as never) as string | Part | (string | Part)[];
  return (Array.isArray(made) ? made : [made]).map((p) => (typeof p === "string" ? { tag: null, text: fit(p) } : { ...p, text: fit(p.text) }));
}
