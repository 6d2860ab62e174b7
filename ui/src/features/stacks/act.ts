// Opens the plan of a verb, with what can be chosen in it.

import type { Resource, StackView, Verb } from "$/gen/api";
import { overlay } from "../frame/overlays.svelte";

/** Resources whose rollback failed: those that a continued rollback can leave out. */
export const stuckIn = (view: Pick<StackView, "resources">): string[] => (view.resources?.resources ?? []).filter((r) => r.status === "UPDATE_FAILED").map((r) => r.logical_id);

/** `target`: what the user has chosen on the way here; nothing is chosen for them. */
export function openVerb(view: StackView, verb: Verb, target?: string): void {
  overlay.show("action", {
    verb,
    profile: view.profile,
    name: view.row.name,
    region: view.row.region,
    ...(target !== undefined && { target }),
    stack: { parameters: view.detail.parameters, stuck: view.resources ? stuckIn(view) : null },
  });
}

/** A verb of something of the stack: a change set. */
export const openVerbOf = (view: StackView, row: Pick<Resource, "name" | "region">, verb: Verb): void => overlay.show("action", { verb, profile: view.profile, name: row.name, region: row.region });
