// A value as the lines of its JSON, indented by two, each knowing where what it opens ends, so that it can be folded. The
// lines one after the other are the JSON. Pure.

export interface Line {
  depth: number;
  /** `"name": `, or nothing in a list. */
  name: string;
  /** The value, or the bracket. */
  text: string;
  kind: "string" | "number" | "word" | "bracket";
  /** What stands behind it: a comma, or nothing. */
  tail: string;
  /** For what opens a list or an object with anything in it: the line that closes it, and how many things are in it. */
  opens?: { end: number; size: number; close: string };
}

/** What turns the direction of text round would show another text than the one that is there. */
const written = (text: string): string => JSON.stringify(text).replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

const kindOf = (value: unknown): Line["kind"] => (typeof value === "string" ? "string" : typeof value === "number" ? "number" : "word");

export function lines(value: unknown): Line[] {
  const out: Line[] = [];
  const add = (value: unknown, depth: number, name: string, tail: string) => {
    if (typeof value !== "object" || value === null) {
      out.push({ depth, name, text: typeof value === "string" ? written(value) : JSON.stringify(value), kind: kindOf(value), tail });
      return;
    }
    const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
    const members = Array.isArray(value) ? value.map((v) => ["", v] as const) : Object.entries(value).map(([k, v]) => [`${written(k)}: `, v] as const);
    if (members.length === 0) {
      out.push({ depth, name, text: `${open}${close}`, kind: "bracket", tail });
      return;
    }
    const line: Line = { depth, name, text: open, kind: "bracket", tail: "" };
    out.push(line);
    members.forEach(([k, v], i) => add(v, depth + 1, k, i < members.length - 1 ? "," : ""));
    line.opens = { end: out.length, size: members.length, close: `${close}${tail}` };
    out.push({ depth, name: "", text: close, kind: "bracket", tail });
  };
  add(value, 0, "", "");
  return out;
}

const INDENT = "  ";
export const textOf = (all: readonly Line[]): string => all.map((l) => `${INDENT.repeat(l.depth)}${l.name}${l.text}${l.tail}`).join("\n");

/** Places of the lines that are shown, where these are folded. */
export function unfolded(all: readonly Line[], folded: ReadonlySet<number>): number[] {
  const shown: number[] = [];
  for (let i = 0; i < all.length; i += 1) {
    shown.push(i);
    const opens = all[i]?.opens;
    if (opens && folded.has(i)) i = opens.end;
  }
  return shown;
}

/** What is folded at first: all that lies deeper than this. */
export const foldedBelow = (all: readonly Line[], depth: number): Set<number> => new Set(all.flatMap((l, i) => (l.opens && l.depth >= depth ? [i] : [])));
