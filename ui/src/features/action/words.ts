// A verb in words: the title of its drawer, its button, and what is said while it is carried out. Pure.

import type { Target, Verb } from "$/gen/api";
import { m } from "$/gen/messages";

/** Verbs that can be of a part of a thing: a stage, an action. */
type PartId = "start" | "retry" | "stop" | "rollback" | "approve" | "reject" | "hold" | "release";
/** Verbs of a whole thing alone. */
type WholeId = "create-change-set" | "revert" | "execute" | "discard" | "cancel" | "continue" | "detect-drift" | "protect" | "unprotect" | "rerun";
export type VerbId = PartId | WholeId;
const OF_PART: readonly string[] = ["start", "retry", "stop", "rollback", "approve", "reject", "hold", "release"] satisfies PartId[];
const OF_WHOLE: readonly string[] = ["create-change-set", "revert", "execute", "discard", "cancel", "continue", "detect-drift", "protect", "unprotect", "rerun"] satisfies WholeId[];

const ofPart = (id: string): id is PartId => OF_PART.includes(id);
const known = (id: string): id is VerbId => ofPart(id) || OF_WHOLE.includes(id);
/** What it acts on, as AWS names it: a stage or an action, else the thing itself. */
const subject = (verb: Verb, name: string): string => verb.part ?? name;

/** `Roll back stage Deploy of checkout-api`. A verb that came with a newer backend goes by its id. */
export function title(verb: Verb, name: string): string {
  if (!known(verb.id)) return `${verb.id} ${subject(verb, name)}`;
  return verb.part === null || !ofPart(verb.id) ? m.action.whole[verb.id]({ name }) : m.action.part[verb.id]({ part: verb.part, name });
}

/** `Rolling back stage Deploy of checkout-api`, while it is carried out. */
export function doing(verb: Verb, name: string): string {
  if (!known(verb.id)) return title(verb, name);
  return verb.part === null || !ofPart(verb.id) ? m.action.doingWhole[verb.id]({ name }) : m.action.doingPart[verb.id]({ part: verb.part, name });
}

/** `Roll back…`, for the buttons that open the drawer. */
export const label = (verb: Verb): string => (known(verb.id) ? m.action.label[verb.id]() : verb.id);

/** `Roll back Deploy in shop-prod`: the button that does it names its object. */
export function button(verb: Verb, name: string, profile: string): string {
  if (!known(verb.id)) return `${verb.id} ${subject(verb, name)} (${profile})`;
  return m.action.button[verb.id]({ subject: subject(verb, name), profile });
}

/** `Roll back`, where it is told what was done. */
export const verbName = (id: string): string => (known(id) ? m.action.name[id]() : id);

/** Whether the call itself goes back. What only makes the change set for it changes nothing yet. */
export const goesBack = (verb: Verb): boolean => verb.is_undo && verb.id !== "revert";
/** Verbs that end something. */
const ENDS: readonly string[] = ["stop", "reject", "cancel", "discard"];
/** Whether the button that does it is drawn as dangerous: it goes back, or it ends something. */
export const dangerous = (verb: Verb): boolean => goesBack(verb) || ENDS.includes(verb.id);

/** What a template is told by beside its digest, which stands beside it: the status in `Template 9f3c… (UPDATE_COMPLETE)`. */
export const plainLabel = (target: Pick<Target, "label">): string => /\((\w+)\)$/.exec(target.label)?.[1] ?? target.label;
