// A message as it is kept in the bundle: parsed when it is built, so that a start parses none and the parser is no part of
// the program. Used by vite.config.ts only; what reads the result is index.svelte.ts.

import { parse, TYPE, type MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import { mark } from "./particles";

/** Plain text; text and names of values in turn, beginning with text; or what it takes a formatter to say. */
export type Compiled = string | readonly string[] | { ast: MessageFormatElement[] };

/** One message. */
export function compiled(message: string): Compiled {
  if (!/[{<']/.test(message)) return message;
  const ast = parse(mark(message));
  const pieces = [""];
  for (const node of ast) {
    if (node.type === TYPE.literal) pieces[pieces.length - 1] += node.value;
    else if (node.type === TYPE.argument) pieces.push(node.value, "");
    else return { ast };
  }
  return pieces;
}

/** A tree of messages. */
export const compiledAll = (tree: object): object =>
  Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, typeof value === "string" ? compiled(value) : compiledAll(value as object)]));
