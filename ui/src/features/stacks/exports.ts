// Who exports to whom. What a stack exports and who imports that, AWS tells; what it imports stands in its template, as far as
// that names it plainly. Pure.

import type { ExportUse, ListRow, StackOutput } from "$/gen/api";
import { detailOf, STACK } from "./tree";

export interface Known {
  name: string;
  /** Row id, where the stack is in the cache. */
  id: string | null;
  health: ListRow["health"] | null;
}
export interface Exported {
  name: string;
  output: string | null;
  hidden: boolean;
  importers: Known[];
}
export interface Imported {
  name: string;
  /** Who exports it; none if no stack that is known does. */
  from: Known | null;
}

const known = (row: ListRow): Known => ({ name: row.name, id: row.id, health: row.health });

/** What the stack exports, and who imports that; the stacks are those of the same account and Region. */
export function exported(outputs: readonly StackOutput[], uses: readonly ExportUse[], around: readonly ListRow[]): Exported[] {
  const byName = new Map(around.filter((r) => r.kind === STACK).map((r) => [r.name, r]));
  const of = (name: string): Known => {
    const row = byName.get(name);
    return row ? known(row) : { name, id: null, health: null };
  };
  const names = new Set([...outputs.flatMap((o) => o.export ?? []), ...uses.map((u) => u.name)]);
  return [...names].map((name) => {
    const output = outputs.find((o) => o.export === name);
    return { name, output: output?.key ?? null, hidden: output?.hidden ?? false, importers: (uses.find((u) => u.name === name)?.stacks ?? []).map(of) };
  });
}

/** In JSON, and in YAML in both of its forms. What is put together of parts cannot be told from the text. */
const PLAIN = /(?:"Fn::ImportValue"\s*:\s*"((?:[^"\\]|\\.)+)")|(?:(?:!ImportValue|Fn::ImportValue:)[ \t]+(?:"([^"]+)"|'([^']+)'|([\w:./-]+))[ \t]*$)/gm;
const ANY = /"Fn::ImportValue"\s*:|!ImportValue|Fn::ImportValue:/g;

/** Exports that a template imports by a plain name, and how many it names in another way. */
export function importsOf(template: string): { names: string[]; computed: number } {
  const plain = [...template.matchAll(PLAIN)].map((hit) => hit[1] ?? hit[2] ?? hit[3] ?? hit[4] ?? "");
  return { names: [...new Set(plain)].sort(), computed: Math.max(0, [...template.matchAll(ANY)].length - plain.length) };
}

export function imported(names: readonly string[], around: readonly ListRow[]): Imported[] {
  const from = new Map<string, ListRow>();
  for (const row of around) for (const output of detailOf(row).outputs ?? []) if (output.export) from.set(output.export, row);
  return names.map((name) => {
    const row = from.get(name);
    return { name, from: row ? known(row) : null };
  });
}
