// The columns of the board, as data, and what the user made of them as grids. How wide they are by themselves hangs on the
// width of the list, so that stands in the styles (`--w-…` in pipeline.css).

import { m } from "$/gen/messages";
import { NAME, NARROWEST, within, type Head } from "../list/columns";

/** Every column after the mark of health, in order. Revisions take what is left over; without them, names do. */
export const HEADS: readonly Head[] = [
  { ...NAME, title: m.board.col.pipeline, width: "var(--w-name)" },
  { key: "profile", title: m.board.col.profile, width: "var(--w-profile)", sort: "profile", class: "c-profile" },
  { key: "stages", title: m.board.col.stages, width: "var(--w-stages)" },
  { key: "revision", title: m.board.col.revision, width: "var(--w-revision)", rest: true, class: "c-rev" },
  { key: "elapsed", title: m.board.col.elapsed, width: "var(--w-elapsed)", class: "c-time" },
  { key: "since", title: m.board.col.since, width: "var(--w-since)", sort: "since", num: true, class: "c-since" },
  { key: "read", title: m.board.col.read, width: "var(--w-read)", sort: "read-at", num: true },
];

/** What a list beside a detail leaves out, and a magnified one. */
const NOT_BESIDE = ["revision", "elapsed"];
const NOT_SMALL = [...NOT_BESIDE, "profile", "since"];

const MARK = "16px";
const REST = "minmax(96px, 1fr)";

/** The grids of these columns: of a wide list, of one beside a detail, of a magnified one. `widths` were drawn, in pixels, by key. */
export function grids(shown: readonly Head[], widths: Readonly<Record<string, number>>): { wide: string; beside: string; small: string } {
  const grid = (without: readonly string[], drawn: Readonly<Record<string, number>>) => {
    const columns = shown.filter((head) => !without.includes(head.key));
    const rest = columns.findLast((head) => head.rest);
    const width = (head: Head) => {
      const px = drawn[head.key];
      if (head === rest) return head.key === NAME.key ? REST : head.width;
      // What was drawn gives way where there is no room for it.
      return typeof px === "number" ? `minmax(${NARROWEST}px, ${within(px)}px)` : head.width;
    };
    return [MARK, ...columns.map(width)].join(" ");
  };
  return { wide: grid([], widths), beside: grid(NOT_BESIDE, widths), small: grid(NOT_SMALL, {}) };
}
