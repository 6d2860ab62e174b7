// Which sign-ins of the shown profiles have ended or are about to, for the meter over every view. Pure.

import type { Profile } from "$/gen/api";

export interface Ending {
  /** How many are signed out. */
  out: number;
  /** The one that ends next, if one is about to, and the milliseconds that it has left. */
  next?: { profile: string; left: number };
}

export function ending(profiles: readonly Profile[], now: number): Ending {
  const shown = profiles.filter((p) => p.shown);
  const next = shown
    .flatMap((p) => (p.sign_in.state === "expiring" && p.sign_in.expires_at !== null ? [{ profile: p.name, left: Math.max(0, Date.parse(p.sign_in.expires_at) - now) }] : []))
    .sort((a, b) => a.left - b.left)[0];
  const out = shown.filter((p) => p.sign_in.state === "out").length;
  return next ? { out, next } : { out };
}
