// Sources in groups by what becomes of them, what needs somebody first; calls by their share of the budget; profiles by
// how soon their sign-in ends. Pure.

import type { Cure, Meter, Profile, SourceId, SourceState, SourceStatus, UnreadSource } from "$/gen/api";
import type { MarkName } from "$/components/health";
import type { Health } from "$/gen/api";

export const keyOf = (id: SourceId): string => `${id.profile} ${id.region} ${id.service}`;

/** What the groups stand for: somebody must do something; it is tried again; it was never read; it is read; it is not there. */
export const GROUPS = ["act", "wait", "pending", "read", "absent"] as const;
export type Group = (typeof GROUPS)[number];

/** States in order of need, with what they look like. */
const STATES: Record<SourceState, { group: Group; mark: MarkName; health: Health }> = {
  failed: { group: "wait", mark: "failed", health: "failed" },
  denied: { group: "act", mark: "attention", health: "attention" },
  "signed-out": { group: "act", mark: "attention", health: "attention" },
  unreachable: { group: "wait", mark: "unknown", health: "unknown" },
  throttled: { group: "wait", mark: "waiting", health: "attention" },
  partial: { group: "wait", mark: "attention", health: "attention" },
  pending: { group: "pending", mark: "unknown", health: "unknown" },
  ok: { group: "read", mark: "ok", health: "ok" },
  "not-available": { group: "absent", mark: "retired", health: "retired" },
  retired: { group: "absent", mark: "retired", health: "retired" },
};
const NEED = Object.keys(STATES);

/** What nobody but a person can mend. */
const PERSONS: readonly Cure[] = ["sign-in", "permission", "config"];

export interface Source {
  id: string;
  status: SourceStatus;
  group: Group;
  mark: MarkName;
  health: Health;
  /** This process is reading it. */
  underWay: boolean;
  /** What could be said beyond its status, where it could not be read. */
  unread: UnreadSource | undefined;
}

export type Line = { kind: "group"; id: string; group: Group; n: number; folded: boolean } | ({ kind: "source" } & Source);

/** The sources as lines: those that need somebody first, each group under its head. */
export function lines(sources: readonly SourceStatus[], underWay: readonly SourceId[], unread: readonly UnreadSource[], folded: readonly string[]): Line[] {
  const more = new Map(unread.map((u) => [keyOf(u.source.id), u]));
  const reading = new Set(underWay.map(keyOf));
  const all = sources.map((status): Source => {
    const id = keyOf(status.id);
    const { group, mark, health } = STATES[status.state];
    const cure = more.get(id)?.cure;
    return { id, status, group: cure && PERSONS.includes(cure) ? "act" : group, mark, health, underWay: reading.has(id), unread: more.get(id) };
  });
  // The backend's order is that of profile, Region and service, and stays within a state.
  all.sort((a, b) => NEED.indexOf(a.status.state) - NEED.indexOf(b.status.state));
  return GROUPS.flatMap((group): Line[] => {
    const of = all.filter((s) => s.group === group);
    const hidden = folded.includes(group);
    const head: Line = { kind: "group", id: `group ${group}`, group, n: of.length, folded: hidden };
    return of.length === 0 ? [] : hidden ? [head] : [head, ...of.map((s): Line => ({ kind: "source", ...s }))];
  });
}

/** Since when what is shown of it is so: a read that failed makes nothing fresh. */
export const freshAt = (s: SourceStatus): string | null => (["ok", "partial", "not-available", "retired"].includes(s.state) ? s.read_at : s.ok_at);

/** Where most of a budget is used first; then where AWS throttled, then where most was called. */
export const byShare = (meters: readonly Meter[]): Meter[] =>
  [...meters].sort((a, b) => b.used_share - a.used_share || b.throttles_last_minute - a.throttles_last_minute || b.calls_last_minute - a.calls_last_minute);

/** The profiles that read as that account, or are asked for it. */
export const profilesOf = (account: string, profiles: readonly Profile[]): Profile[] => profiles.filter((p) => p.account === account || p.name === account);

export interface SignedIn {
  profile: Profile;
  state: Profile["sign_in"]["state"];
  /** Milliseconds that are left; none where the credentials do not tell, or have none left. */
  left: number | undefined;
}

const SIGNED = ["out", "expiring", "in", "none"] as const;

/** The shown profiles: those that are signed out first, then those whose sign-in ends soonest. */
export function signIns(profiles: readonly Profile[], now: number): SignedIn[] {
  const all = profiles.filter((p) => p.shown).map((profile): SignedIn => {
    const { state, expires_at } = profile.sign_in;
    const left = expires_at === null ? undefined : Date.parse(expires_at) - now;
    return { profile, state, left: left !== undefined && left > 0 && state !== "out" ? left : undefined };
  });
  return all.sort((a, b) => SIGNED.indexOf(a.state) - SIGNED.indexOf(b.state) || (a.left ?? Infinity) - (b.left ?? Infinity) || 0);
}
