// How a list can be ordered: the orders the backend knows, and what a click on a column's head makes of them. Pure.

import type { SortBy } from "$/gen/api";
import { m } from "$/gen/messages";

export interface Order {
  sort: SortBy;
  descending: boolean;
}

/** Every order, as it is called, the usual way round. */
export const ORDERS: Record<SortBy, () => string> = {
  need: m.list.order.need,
  name: m.list.order.name,
  profile: m.list.order.profile,
  since: m.list.order.since,
  "read-at": m.list.order.readAt,
};

/** What was kept by another version may name an order that is none. */
export const known = (sort: string | null): SortBy | null => (sort !== null && sort in ORDERS ? (sort as SortBy) : null);

/** A click on a head: that order, then the other way round, then the usual one of the view (`null`). */
export function clicked(now: Order, sort: SortBy): Order | null {
  if (now.sort !== sort) return { sort, descending: false };
  return now.descending ? null : { sort, descending: true };
}

/** Which way the figures in a column go: it shows ages, and the oldest reading, which comes first, has the largest. */
export const upward = ({ sort, descending }: Order): boolean => descending === (sort === "read-at");
