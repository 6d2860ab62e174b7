// What a list of one kind shows: its columns, as data. The kind's own detail is read here and nowhere else in the list.
// And what the user made of them: which are shown, how wide, as one grid.

import type { ListRow, SortBy } from "$/gen/api";
import { m } from "$/gen/messages";

export interface Column {
  /** Not `name`, `profile`, `since` or `read`, which every list has. */
  key: string;
  title: () => string;
  /** Text of the cell; an empty one is left blank. */
  text: (row: ListRow) => string;
  /** Width in grid terms: `minmax(120px, 1fr)`, `90px`. */
  width: string;
  /** Drawn as an id, a number, or plainly. */
  as?: "mono" | "number" | "age" | "long";
}

/** A column as its head has it; `own`: the kind's, which `Column` says more about. */
export interface Head {
  key: string;
  title: () => string;
  width: string;
  /** The order by it, if the backend has one. */
  sort?: SortBy;
  num?: boolean;
  /** Whether it takes what the others leave over, where none behind it does. */
  rest?: boolean;
  /** Class by which the styles leave it out of a narrow list. */
  class?: string;
  own?: Column;
}

export const NAME: Head = { key: "name", title: m.list.name, width: "minmax(140px, 1.2fr)", sort: "name", rest: true };
const PROFILE: Head = { key: "profile", title: m.board.col.profile, width: "92px", sort: "profile" };
const SINCE: Head = { key: "since", title: m.board.col.since, width: "44px", sort: "since", num: true };
const READ: Head = { key: "read", title: m.board.col.read, width: "40px", sort: "read-at", num: true };

/** Every column after the mark of health, in order. */
export const heads = (own: readonly Column[]): Head[] => [NAME, PROFILE, ...own.map((c): Head => ({ key: c.key, title: c.title, width: c.width, num: c.as === "number", own: c })), SINCE, READ];

/** A row without its name is none. */
export const canHide = (head: Head): boolean => head.key !== NAME.key;

/** No column is made narrower, none wider. */
export const NARROWEST = 36;
export const WIDEST = 800;
export const within = (width: number): number => Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));

const MARK = 16;
const GAP = 10;
const PADDING = 26;
/** The least of a width in grid terms is the first figure in it. */
const leastOf = (width: string): number => Number(/(\d+)px/.exec(width)?.[1] ?? 0);

/** The grid of these columns, and how wide it is at least. `widths` are what the user drew, in pixels, by key. */
export function grid(shown: readonly Head[], widths: Readonly<Record<string, number>>): { cols: string; least: number } {
  const all = shown.map((head) => {
    const drawn = widths[head.key];
    if (typeof drawn !== "number") return head.width;
    // The name gives way where there is no room.
    return head.key === NAME.key ? `minmax(${Math.min(leastOf(NAME.width), within(drawn))}px, ${within(drawn)}px)` : `${within(drawn)}px`;
  });
  return { cols: [`${MARK}px`, ...all].join(" "), least: PADDING + MARK + all.reduce((sum, width) => sum + GAP + leastOf(width), 0) };
}

/** The grid of a magnified page: of the kind's own columns the first one stays. */
export function narrow(shown: readonly Head[]): string {
  const first = shown.find((head) => head.own);
  const kept = shown.filter((head) => !head.own || head === first);
  return [`${MARK}px`, ...kept.map((head) => (head.key === NAME.key ? "minmax(90px, 1.2fr)" : head.key === PROFILE.key ? "minmax(0, 92px)" : head.width))].join(" ");
}

/** A member of the detail as text; what is absent or not a text is empty. */
export function member(row: ListRow, key: string): string {
  const detail = row.detail;
  if (typeof detail !== "object" || detail === null) return "";
  const value = (detail as Record<string, unknown>)[key];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}
