// Why nothing can be done in a place now: nobody is signed in there, or AWS does not answer. The backend says the same of
// each verb (`why_not`), in English; here it is said in the language of the screen. Pure.

import type { Profile, SourceState, SourceStatus, UnreadSource, Verb } from "$/gen/api";
import { m } from "$/gen/messages";
import { said } from "$/i18n/said";

export function outOfReach(profile: Profile | undefined, state: SourceState | undefined): string | null {
  if (profile && (profile.sign_in.state === "out" || state === "signed-out")) return m.action.off.signedOut({ profile: profile.label ?? profile.name });
  return state === "unreachable" ? m.action.off.unreachable() : null;
}

/** Why a verb cannot be used, if so. */
export const whyNot = (verb: Verb, profile: Profile, source: SourceStatus | null): string | null => verb.why_not && (outOfReach(profile, source?.state) ?? said(verb.why_not));

/** Why nothing can be done about a row of a list, if so. */
export function rowOutOfReach(row: { profile: string; region: string; service: string }, profile: Profile | undefined, unread: readonly UnreadSource[]): string | null {
  const source = unread.find((u) => u.source.id.profile === row.profile && u.source.id.region === row.region && u.source.id.service === row.service);
  return outOfReach(profile, source?.source.state);
}
