// Whether a profile can be used, as far as this machine tells, and what would cure it. Pure; nothing is asked of AWS.

import type { Health, Profile } from "$/gen/api";
import { m } from "$/gen/messages";
import { commandOf } from "../profiles/signed-out";

export function stateOf(p: Profile): { health: Health; word: string } {
  if (p.error) return { health: "failed", word: m.profile.broken() };
  if (p.sign_in.state === "out") return { health: "attention", word: m.profile.signedOut() };
  if (p.sign_in.state === "none") return { health: "unknown", word: m.welcome.untried() };
  return { health: "ok", word: m.welcome.ready() };
}

/** What is wrong, and the command that mends it where there is one. */
export function cureOf(p: Profile): { why: string; command: string | null } | undefined {
  if (p.error) return { why: p.error.message, command: null };
  if (p.sign_in.state === "out") return { why: m.welcome.signIn(), command: commandOf(p) };
  return undefined;
}
