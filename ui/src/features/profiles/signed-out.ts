// Shown profiles that are signed out, put together by their SSO session: one sign-in cures them all. Pure.
// Signing in from the app comes later; until then the command of the AWS CLI is what to do.

import type { BoardRow, Profile, UnreadSource } from "$/gen/api";

export interface SignedOutSession {
  key: string;
  /** SSO session, or none for a profile that has none. */
  session: string | null;
  profiles: string[];
  expired: string | null;
  rows: number;
  /** Last whole reading among its sources. */
  readAt: string | null;
  /** AWS CLI command that signs in, where there is one. */
  command: string | null;
}

/** `shown`: the rows of the board, where all of them are known; else what the sources hold is counted. */
export function signedOut(profiles: readonly Profile[], unread: readonly UnreadSource[], shown?: readonly BoardRow[]): SignedOutSession[] {
  const by = new Map<string, SignedOutSession>();
  for (const p of profiles) {
    if (!p.shown || p.sign_in.state !== "out") continue;
    const key = p.sso_session ? `session ${p.sso_session}` : `profile ${p.name}`;
    const sources = unread.filter((u) => u.source.id.profile === p.name).map((u) => u.source);
    const read = sources.map((s) => s.ok_at).filter((at): at is string => at !== null).sort().at(-1) ?? null;
    const s = by.get(key) ?? { key, session: p.sso_session, profiles: [], expired: p.sign_in.expires_at, rows: 0, readAt: null, command: commandOf(p) };
    s.profiles.push(p.name);
    s.rows += shown ? shown.filter((r) => r.profile === p.name).length : sources.reduce((sum, source) => sum + source.rows, 0);
    if (read && (!s.readAt || read > s.readAt)) s.readAt = read;
    by.set(key, s);
  }
  return [...by.values()];
}

/** The AWS CLI's command that signs a profile in, where there is one. */
export function commandOf(p: Profile): string | null {
  if (p.kind === "sso") return p.sso_session ? `aws sso login --sso-session ${p.sso_session}` : `aws sso login --profile ${p.name}`;
  if (p.kind === "login") return `aws login --profile ${p.name}`;
  return null;
}

/** What could not be read for another reason: the rest is said by the banners. */
export function others(unread: readonly UnreadSource[], profiles: readonly Profile[], offline: boolean): UnreadSource[] {
  const out = new Set(profiles.filter((p) => p.shown && p.sign_in.state === "out").map((p) => p.name));
  return unread.filter((u) => (u.cure !== "sign-in" || !out.has(u.source.id.profile)) && !(offline && u.cure === "network"));
}
