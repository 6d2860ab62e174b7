// Views of a list that the user gave a name: filter, order, columns, as they were.

import { viewState } from "$/platform";

export interface Saved {
  /** The list it is a view of. */
  list: string;
  name: string;
  /** Members of that list's state. */
  state: Record<string, unknown>;
}

/** All that are saved, kept over a restart. */
export const keptViews = (): { views: Saved[] } => viewState("saved", { views: [] as Saved[] }, { shared: true });

const same = (a: Saved, b: Saved): boolean => a.list === b.list && a.name === b.name;

/** These views and one more; it takes the place of one of the same name. */
export const withView = (views: readonly Saved[], view: Saved): Saved[] => (views.some((v) => same(v, view)) ? views.map((v) => (same(v, view) ? view : v)) : [...views, view]);

export const withoutView = (views: readonly Saved[], view: Saved): Saved[] => views.filter((v) => !same(v, view));

/** These members of a list's state, as a plain copy. */
export const membersOf = (state: object, members: readonly string[]): Record<string, unknown> => JSON.parse(JSON.stringify(Object.fromEntries(members.map((key) => [key, (state as Record<string, unknown>)[key]])))) as Record<string, unknown>;

/** Whether a list is as it was when this view was saved. */
export const isNow = (view: Saved, now: Record<string, unknown>): boolean => Object.entries(now).every(([key, value]) => JSON.stringify(view.state[key]) === JSON.stringify(value));
