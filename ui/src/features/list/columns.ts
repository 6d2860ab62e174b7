// What a list of one kind shows: its columns, as data. The kind's own detail is read here and nowhere else in the list.

import type { ListRow } from "$/gen/api";

export interface Column {
  key: string;
  title: () => string;
  /** Text of the cell; an empty one is left blank. */
  text: (row: ListRow) => string;
  /** Width in grid terms: `minmax(120px, 1fr)`, `90px`. */
  width: string;
  /** Drawn as an id, a number, or plainly. */
  as?: "mono" | "number" | "age" | "long";
}

/** A member of the detail as text; what is absent or not a text is empty. */
export function member(row: ListRow, key: string): string {
  const detail = row.detail;
  if (typeof detail !== "object" || detail === null) return "";
  const value = (detail as Record<string, unknown>)[key];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}
