// A verb in words: the title of its drawer, its button, and what is said while it is carried out. Pure.

import type { Verb } from "$/gen/api";
import { m } from "$/gen/messages";

export type VerbId = "start" | "retry" | "stop" | "rollback" | "approve" | "reject" | "hold" | "release";
const KNOWN: readonly string[] = ["start", "retry", "stop", "rollback", "approve", "reject", "hold", "release"];

const known = (id: string): id is VerbId => KNOWN.includes(id);
/** What it acts on, as AWS names it: a stage or an action, else the thing itself. */
const subject = (verb: Verb, name: string): string => verb.part ?? name;

/** `Roll back stage Deploy of checkout-api`. A verb that came with a newer backend goes by its id. */
export function title(verb: Verb, name: string): string {
  if (!known(verb.id)) return `${verb.id} ${subject(verb, name)}`;
  return verb.part === null ? m.action.whole[verb.id]({ name }) : m.action.part[verb.id]({ part: verb.part, name });
}

/** `Rolling back stage Deploy of checkout-api`, while it is carried out. */
export function doing(verb: Verb, name: string): string {
  if (!known(verb.id)) return title(verb, name);
  return verb.part === null ? m.action.doingWhole[verb.id]({ name }) : m.action.doingPart[verb.id]({ part: verb.part, name });
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

/** Whether the button that does it is drawn as dangerous: it goes back, or it ends something. */
export const dangerous = (verb: Verb): boolean => verb.is_undo || verb.id === "stop" || verb.id === "reject";
