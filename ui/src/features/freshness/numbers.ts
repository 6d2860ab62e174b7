// Short times of reads: what one took, when the next is.

import type { SourceStatus } from "$/gen/api";
import { m } from "$/gen/messages";
import { duration, span } from "$/i18n/format";

/** `840 ms`, `12s`; nothing where nothing was read. */
export const took = (ms: number): string => (ms === 0 ? "" : ms < 1000 ? m.freshness.millis({ ms }) : duration(ms));

/** `in 8 s`, `due`; nothing where no read is planned, or one is under way. */
export function next(s: SourceStatus, underWay: boolean, now: number): string {
  if (underWay || s.next_at === null) return "";
  const left = Date.parse(s.next_at) - now;
  return left > 0 ? m.freshness.in({ span: span(left) }) : m.freshness.due();
}
