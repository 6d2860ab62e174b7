// What a change set does, what drifted, and how two templates differ, as rows: a line a resource, under it a line a property
// where it is unfolded. Pure.

import type { EntryDiff, PropertyChange, ResourceChange, ResourceDrift, TemplateText } from "$/gen/api";
import { m } from "$/gen/messages";

export type Sign = "add" | "remove" | "modify" | "other";
export const SIGNS: Record<Sign, string> = { add: "+", remove: "−", modify: "~", other: "·" };

/** A value of a property: its text; what is not set; what is not shown. */
export type Side = { text: string; title: string; none?: "unset" | "hidden" };
export interface Property {
  path: string;
  before: Side;
  after: Side;
}
export interface Change {
  id: string;
  sign: Sign;
  name: string;
  type: string;
  /** AWS's word for it. */
  action: string;
  /** That the resource is made anew: certainly, or maybe. */
  replaces: "yes" | "maybe" | "no" | null;
  note: string;
  properties: Property[];
}
export type DiffLine = { id: string; kind: "change"; change: Change; open: boolean } | { id: string; kind: "property"; property: Property; last: boolean } | { id: string; kind: "head"; title: string; n: number };

export const HEIGHTS = { change: 28, property: 22, head: 28 } as const;

const ACTIONS: Record<string, Sign> = { Add: "add", Import: "add", Remove: "remove", Modify: "modify", SyncWithActual: "modify" };

const plain = (value: string | null): Side => (value === null ? { text: m.stacks.sets.notSet(), title: m.stacks.sets.notSet(), none: "unset" } : { text: value, title: value });
const property = (of: PropertyChange): Property => ({ path: of.path, before: plain(of.before), after: plain(of.after) });

export function ofChangeSet(changes: readonly ResourceChange[]): Change[] {
  return changes.map((c, i) => ({
    id: `${i} ${c.logical_id}`,
    sign: ACTIONS[c.action] ?? "other",
    name: c.logical_id,
    type: c.resource_type,
    action: c.action,
    replaces: c.replacement === "True" ? "yes" : c.replacement === "Conditional" ? "maybe" : c.action === "Modify" ? "no" : null,
    note: [c.nested && m.stacks.sets.nested(), c.policy && c.policy !== "Delete" && m.stacks.sets.policy({ policy: c.policy })].filter(Boolean).join(" · "),
    properties: c.properties.map(property),
  }));
}

/** How many of a change set's changes are of each kind. */
export function tally(changes: readonly Change[]): Record<Sign, number> {
  const n = { add: 0, modify: 0, remove: 0, other: 0 };
  for (const { sign } of changes) n[sign] += 1;
  return n;
}

/** Of a drift `before` is what the template has, `after` what is there. */
export const ofDrift = (resources: readonly ResourceDrift[]): Change[] =>
  resources.map((r, i) => ({ id: `${i} ${r.logical_id}`, sign: r.status === "DELETED" ? "remove" : "modify", name: r.logical_id, type: r.resource_type, action: r.status, replaces: null, note: "", properties: r.properties.map(property) }));

const told = (text: TemplateText | null): Side => {
  if (text === null) return plain(null);
  if (text.is_masked) return { text: m.stacks.diff.hidden(), title: m.stacks.diff.hiddenWhy(), none: "hidden" };
  return { text: text.text, title: text.is_cut ? `${text.text}\n${m.stacks.diff.cut()}` : text.text };
};

export function ofTemplates(entries: readonly EntryDiff[]): { section: string; changes: Change[] }[] {
  const sections: { section: string; changes: Change[] }[] = [];
  entries.forEach((e, i) => {
    let at = sections.find((s) => s.section === e.section);
    if (!at) sections.push((at = { section: e.section, changes: [] }));
    at.changes.push({
      id: `${i} ${e.section} ${e.name ?? ""}`,
      sign: e.change,
      name: e.name ?? e.section,
      type: e.resource_type ?? "",
      action: e.change,
      replaces: e.replaces ? "yes" : null,
      note: e.was_type ? m.stacks.diff.wasType({ type: e.was_type }) : "",
      properties: e.properties.map((p) => ({ path: [p.attribute && p.attribute !== "Properties" ? p.attribute : "", p.path].filter(Boolean).join(" · ") || (e.change === "modify" ? e.section : m.stacks.diff.whole()), before: told(p.before), after: told(p.after) })),
    });
  });
  return sections;
}

/** Changes as lines; `turned` are those that are not folded, or unfolded, as at first: what is replaced is unfolded. */
export function diffLines(changes: readonly Change[], turned: ReadonlySet<string>, openAtFirst: (change: Change) => boolean): DiffLine[] {
  return changes.flatMap((change): DiffLine[] => {
    const open = change.properties.length > 0 && openAtFirst(change) !== turned.has(change.id);
    const head: DiffLine = { id: change.id, kind: "change", change, open };
    return open ? [head, ...change.properties.map((property, i, all): DiffLine => ({ id: `${change.id} ${i}`, kind: "property", property, last: i === all.length - 1 }))] : [head];
  });
}
