// Stacks as a tree: by CDK app, by stack set, the others; nested stacks under their parent. Made of rows as they were read,
// whatever is missing among them. Pure.

import type { ListRow, StackDetail, StackSetDetail } from "$/gen/api";

export const STACK = "cloudformation.stack";
export const STACK_SET = "cloudformation.stack-set";

export interface Node {
  row: ListRow;
  children: Node[];
  /** The most urgent of it and of what is nested in it: `RANK`. */
  rank: number;
}
export interface Group {
  /** `app shop-platform`, `set security-baseline`, `plain`, `rest`. */
  id: string;
  kind: "app" | "set" | "plain" | "rest";
  title: string;
  roots: Node[];
  /** Stacks in it, nested ones too. */
  n: number;
  rank: number;
  /** Stages of a CDK app. */
  stages: string[];
  /** Versions of the construct library of a CDK app. */
  libraries: string[];
  /** Of a stack set: where it has instances, as far as is known. */
  accounts: number;
  regions: number;
  /** The row of the stack set, where it is in the cache. */
  set?: ListRow;
  /** How many of its stacks each profile has, in order of name. */
  profiles: (readonly [profile: string, n: number])[];
}
export type Line = { kind: "group"; id: string; group: Group; folded: boolean } | { kind: "stack"; id: string; row: ListRow; level: number; children: number; folded: boolean; parent: string; name: string };

export type Part = "tree" | "problems" | "drifted";

export const HEIGHT = 28;
/** Quiet stacks of no app and no set stand in a group of their own, folded, if there are more than these. */
const FEW = 12;
/** What is quiet is folded at first in a tree of more stacks than these. */
const SMALL = 40;
/** No stack is indented further, however deep AWS (or a loop in what it says) has it. */
export const DEEPEST = 6;

const RANK: Record<ListRow["health"], number> = { failed: 0, attention: 1, running: 2, unknown: 3, ok: 4, retired: 5 };
const QUIET = RANK.ok;

export const detailOf = (row: ListRow): Partial<StackDetail> => (typeof row.detail === "object" && row.detail !== null ? (row.detail as Partial<StackDetail>) : {});
export const setDetailOf = (row: ListRow): Partial<StackSetDetail> => (typeof row.detail === "object" && row.detail !== null ? (row.detail as Partial<StackSetDetail>) : {});

export const isDrifted = (row: ListRow): boolean => detailOf(row).drift === "DRIFTED";
/** Amiss otherwise than by drift alone, which has a part of its own. */
export const isProblem = (row: ListRow): boolean => row.health === "failed" || (row.health === "attention" && !isDrifted(row));
const BELONGS: Record<Part, (row: ListRow) => boolean> = { tree: () => true, problems: isProblem, drifted: isDrifted };

/** How many rows each part has. */
export const counts = (rows: readonly ListRow[]): Record<Part, number> => {
  const stacks = rows.filter((r) => r.kind === STACK);
  return { tree: stacks.length, problems: stacks.filter(isProblem).length, drifted: stacks.filter(isDrifted).length };
};

/** By code units: thousands are compared at each change, and names of stacks are ASCII. */
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const byNeed = (a: Node, b: Node) => a.rank - b.rank || compare(a.row.profile, b.row.profile) || compare(a.row.name, b.row.name) || compare(a.row.id, b.row.id);

/** Stacks under the one that they are nested in, where that is among them; the rest are roots. */
function roots(rows: readonly ListRow[]): Node[] {
  const nodes = new Map(rows.map((row) => [row.id, { row, children: [], rank: RANK[row.health] } as Node]));
  const parentOf = (node: Node) => {
    const arn = detailOf(node.row).parent_id;
    return arn ? nodes.get(`${node.row.profile}/${arn}`) : undefined;
  };
  /** Whether the way up ends: AWS's parents do, but nothing here breaks if they do not. */
  const ends = (node: Node) => {
    const seen = new Set<Node>();
    for (let at: Node | undefined = node; at; at = parentOf(at)) {
      if (seen.has(at)) return false;
      seen.add(at);
    }
    return true;
  };
  const top: Node[] = [];
  for (const node of nodes.values()) {
    const parent = parentOf(node);
    if (parent && ends(node)) parent.children.push(node);
    else top.push(node);
  }
  const settle = (node: Node): number => {
    for (const child of node.children) node.rank = Math.min(node.rank, settle(child));
    node.children.sort(byNeed);
    return node.rank;
  };
  top.forEach(settle);
  return top.sort(byNeed);
}

const size = (node: Node): number => 1 + node.children.reduce((n, child) => n + size(child), 0);
const distinct = (values: (string | null | undefined)[]): string[] => [...new Set(values.filter((v): v is string => Boolean(v)))].sort();

function group(kind: Group["kind"], title: string, nodes: Node[], set?: ListRow): Group {
  const rows = nodes.map((n) => n.row);
  const origins = rows.map((r) => detailOf(r).cdk);
  const instances = set ? (setDetailOf(set).instances ?? rows) : rows;
  const profiles = new Map<string, number>();
  for (const node of nodes) profiles.set(node.row.profile, (profiles.get(node.row.profile) ?? 0) + size(node));
  return {
    id: kind === "app" || kind === "set" ? `${kind} ${title}` : kind,
    kind,
    title,
    roots: nodes,
    n: nodes.reduce((n, node) => n + size(node), 0),
    rank: Math.min(QUIET, ...nodes.map((n) => n.rank), set ? RANK[set.health] : QUIET),
    stages: distinct(origins.map((o) => o?.stage)),
    libraries: distinct(origins.map((o) => o?.library)),
    accounts: new Set(instances.map((i) => i.account)).size,
    regions: new Set(instances.map((i) => i.region)).size,
    ...(set && { set }),
    profiles: [...profiles].sort(([a], [b]) => compare(a, b)),
  };
}

/** The groups of what belongs to a part: apps in order of need, the stacks of no app, stack sets, and the quiet rest. */
export function groups(rows: readonly ListRow[], part: Part, filtered = false): Group[] {
  const stacks = rows.filter((r) => r.kind === STACK && BELONGS[part](r));
  const sets = part === "tree" ? rows.filter((r) => r.kind === STACK_SET) : [];
  const apps = new Map<string, Node[]>();
  const ofSets = new Map<string, Node[]>(sets.map((s) => [s.name, []]));
  const plain: Node[] = [];
  for (const node of roots(stacks)) {
    const { cdk, stack_set } = detailOf(node.row);
    const [where, key] = cdk?.app ? [apps, cdk.app] : stack_set ? [ofSets, stack_set] : [undefined, ""];
    if (!where) plain.push(node);
    else if (where.has(key)) where.get(key)?.push(node);
    else where.set(key, [node]);
  }
  const quiet = part === "tree" && !filtered ? plain.filter((n) => n.rank >= QUIET) : [];
  const rest = quiet.length > FEW ? quiet : [];
  const other = rest.length > 0 ? plain.filter((n) => n.rank < QUIET) : plain;
  const sorted = (all: Group[]) => all.sort((a, b) => a.rank - b.rank || compare(a.title, b.title));
  return [
    ...sorted([...apps].map(([title, nodes]) => group("app", title, nodes))),
    ...(other.length > 0 ? [group("plain", "", other)] : []),
    ...sorted([...ofSets].map(([title, nodes]) => group("set", title, nodes, sets.find((s) => s.name === title)))),
    ...(rest.length > 0 ? [group("rest", "", rest)] : []),
  ];
}

/** The tree as lines. `turned`: what the user folded that is not at first, or the other way round. */
export function lines(all: readonly Group[], turned: readonly string[], filtered = false): Line[] {
  const many = all.reduce((n, g) => n + g.n, 0) > SMALL;
  const other = new Set(turned);
  const isFolded = (id: string, atFirst: boolean) => atFirst !== other.has(id);
  const made: Line[] = [];
  const walk = (node: Node, level: number, parent: string, of = "") => {
    const folded = node.children.length > 0 && isFolded(node.row.id, many && !filtered && node.rank >= QUIET);
    made.push({ kind: "stack", id: node.row.id, row: node.row, level, children: node.children.length, folded, parent, name: nameWithin(node.row, of) });
    if (!folded) for (const child of node.children) walk(child, Math.min(DEEPEST, level + 1), node.row.id, node.row.name);
  };
  for (const group of all) {
    const folded = isFolded(group.id, !filtered && (group.kind === "rest" || (many && group.rank >= QUIET)));
    made.push({ kind: "group", id: group.id, group, folded });
    if (!folded) for (const node of group.roots) walk(node, 1, group.id, group.kind === "set" ? IN_SET : "");
  }
  return made;
}

/** In the place of a parent's name: of a stack set. */
const IN_SET = "StackSet";

/**
 * CloudFormation names a nested stack `PARENT-LogicalId-RANDOM`: under its parent the middle says all. It names the stacks of
 * a set `StackSet-NAME-UUID`: under their set they differ by profile, which stands beside them, and Region.
 */
export function nameWithin(row: Pick<ListRow, "name" | "region">, parent: string): string {
  if (parent === "" || !row.name.startsWith(`${parent}-`)) return row.name;
  if (parent === IN_SET) return row.region;
  return row.name.slice(parent.length + 1).replace(/-[0-9A-Z]{4,}$/, "") || row.name;
}

/** Every stack in the groups, folded or not, in the order of the tree. */
export function stacksOf(all: readonly Group[]): ListRow[] {
  const of = (node: Node): ListRow[] => [node.row, ...node.children.flatMap(of)];
  return all.flatMap((g) => g.roots.flatMap(of));
}

/** What an arrow does on a line: `fold` turns it, `go` leads to another one. */
export type Turn = { turn: string } | { go: string } | undefined;
export function sideways(all: readonly Line[], at: string | null, by: "in" | "out"): Turn {
  const i = all.findIndex((line) => line.id === at);
  const line = all[i];
  if (!line) return undefined;
  const opens = line.kind === "group" ? line.group.roots.length > 0 : line.children > 0;
  if (by === "in") return !opens ? undefined : line.folded ? { turn: line.id } : all[i + 1] && { go: all[i + 1]!.id };
  if (opens && !line.folded) return { turn: line.id };
  return line.kind === "stack" ? { go: line.parent } : undefined;
}
