// A message as it is kept in the bundle: parsed when it is built, so that a start parses none and neither parser nor formatter
// is part of the program. Used by vite.config.ts only; what says the result is index.svelte.ts.

import { parse, TYPE, type MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import { mark } from "./particles";

/** Text; a value; a number that a plural is chosen by; a plural; what stands in a tag. */
export type Piece = string | { value: string } | { number: string } | { plural: string; one: Piece[]; other: Piece[] } | { tag: string; of: Piece[] };

/** Plain text, or pieces. */
export type Compiled = string | readonly Piece[];

function pieces(nodes: readonly MessageFormatElement[], message: string, counted?: string): Piece[] {
  return nodes.map((node): Piece => {
    switch (node.type) {
      case TYPE.literal:
        return node.value;
      case TYPE.argument:
        return { value: node.value };
      case TYPE.pound:
        return { number: counted ?? "" };
      case TYPE.tag:
        return { tag: node.value, of: pieces(node.children, message, counted) };
      case TYPE.plural: {
        const { one, other, ...rest } = node.options;
        if (!other || Object.keys(rest).length > 0 || node.offset !== 0 || node.pluralType === "ordinal") break;
        const said = (option: { value: MessageFormatElement[] }) => pieces(option.value, message, node.value);
        return { plural: node.value, one: said(one ?? other), other: said(other) };
      }
    }
    throw new Error(`“${message}” has a part that no message here has had: teach it to src/i18n first`);
  });
}

/** One message. */
export function compiled(message: string): Compiled {
  return /[{<']/.test(message) ? pieces(parse(mark(message)), message) : message;
}

/** A tree of messages. */
export const compiledAll = (tree: object): object =>
  Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, typeof value === "string" ? compiled(value) : compiledAll(value as object)]));
