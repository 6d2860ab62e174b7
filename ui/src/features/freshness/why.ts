// Why a source is not fresher, in words, and what would help. AWS's own words stand in the detail; here is what they mean.

import type { Profile, SourceStatus } from "$/gen/api";
import { m } from "$/gen/messages";
import { roleOf } from "../profiles/identity";
import type { Source } from "./order";

export interface About {
  /** The service's title, as AWS writes it. */
  title: string;
  profile: Profile | undefined;
  /** Whether this process reads AWS. */
  readsHere: boolean;
  now: number;
}

const short = (code: string): string => code.replace(/Exception$/, "");

/** `codepipeline:GetPipelineState`, where the operation is known. */
export const permissionOf = (s: SourceStatus): string | undefined => (s.error?.operation ? `${s.id.service}:${s.error.operation}` : undefined);

const isDue = (s: SourceStatus, now: number): boolean => s.next_at !== null && Date.parse(s.next_at) <= now;

/** The state of a source in a word or two. */
export const stateOf = ({ status, underWay }: Source): string => (underWay ? m.freshness.reading() : m.source[status.state]());

/** Nothing, where nothing stands in the way. */
export function why({ status: s, underWay, unread }: Source, { title, profile, readsHere, now }: About): string {
  const who = profile?.identity ? roleOf(profile) : s.id.profile;
  const code = s.error ? short(s.error.code) : "";
  const permission = permissionOf(s);
  // Our own words on a config file: which, where, and what to write there.
  if (unread?.cure === "config" && s.error) return s.error.message;
  switch (s.state) {
    case "pending":
      return underWay ? "" : readsHere ? m.freshness.why.pending() : m.freshness.why.pendingElsewhere();
    case "ok":
      if (s.throttles > 0) return m.freshness.why.slowed({ n: s.throttles });
      if (s.rows === 0) return m.freshness.why.unused();
      return !underWay && readsHere && isDue(s, now) ? m.freshness.why.due() : "";
    case "partial":
      if (!s.error) return m.freshness.why.partialSince();
      return unread?.cure === "permission" && permission ? m.freshness.why.partialDenied({ permission, who }) : m.freshness.why.partial({ code });
    case "denied":
      return permission ? m.freshness.why.denied({ permission, who }) : m.freshness.why.deniedCode({ who, code });
    case "signed-out":
      return profile?.sso_session || profile?.kind === "login" || profile?.kind === "sso" || !s.error ? m.freshness.why.signedOut({ profile: s.id.profile }) : m.freshness.why.noCredentials({ profile: s.id.profile, code });
    case "throttled":
      return m.freshness.why.throttled({ code });
    case "unreachable":
      return m.freshness.why.unreachable({ code });
    case "not-available":
      return m.freshness.why.notAvailable({ title, region: s.id.region });
    case "retired":
      return m.freshness.why.retired({ title });
    case "failed":
      return s.error ? `${code}: ${s.error.message}` : "";
  }
}

/** Whether reading it at once could tell anything new. A sign-in is looked for by itself; what AWS has ended does not come back. */
export const canReadNow = ({ status, underWay, unread }: Source): boolean => !underWay && !["signed-out", "retired", "pending"].includes(status.state) && unread?.cure !== "sign-in";
