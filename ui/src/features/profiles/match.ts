// Finding a profile by a few letters. Pure.

import { find } from "$/components/find";
import type { Profile } from "$/gen/api";

export interface Hit {
  profile: Profile;
  /** Indexes of the letters found in the name, to underline them. */
  letters: number[];
  score: number;
}

/** The profiles that match, best first; all in their order while nothing is typed. */
export function search(profiles: readonly Profile[], typed: string): Hit[] {
  if (typed.trim() === "") return profiles.map((profile) => ({ profile, letters: [], score: 0 }));
  const hits: Hit[] = [];
  for (const profile of profiles) {
    const name = find(profile.name, typed);
    const other = [profile.label, profile.account, profile.environment].map((t) => (t ? find(t, typed) : undefined)).find((f) => f !== undefined);
    if (name) hits.push({ profile, ...name });
    else if (other) hits.push({ profile, letters: [], score: other.score - 100 });
  }
  return hits.sort((a, b) => b.score - a.score);
}

/** In groups of one sign-in each, in the order of their first hit; what has no SSO session stands together. */
export function sessions(hits: readonly Hit[]): { session: string | null; hits: Hit[] }[] {
  const groups = new Map<string | null, Hit[]>();
  for (const hit of hits) {
    const key = hit.profile.sso_session;
    groups.set(key, [...(groups.get(key) ?? []), hit]);
  }
  return [...groups].map(([session, list]) => ({ session, hits: list }));
}
