// Which part of the view is looked at, kept over a restart; and the way to one, which the meters of the top bar take
// without having the view itself.

import { registry } from "$/commands/registry.svelte";
import { presetView, viewState } from "$/platform";

export const PARTS = ["sources", "calls", "signIn"] as const;
export type Part = (typeof PARTS)[number];

interface Kept {
  part: string;
  /** Groups of sources whose rows are folded away. */
  folded: string[];
  /** The source whose detail is open. */
  open: string | null;
}

export const keptFreshness = (): Kept => viewState("freshness", { part: "sources", folded: [], open: null });

/** The part of that name; the first, if another version kept one that is not there. */
export const partOf = (word: string): Part => PARTS.find((part) => part === word) ?? "sources";

export function showPart(part: Part): void {
  presetView("freshness", { part });
  registry.run("go.freshness");
}
