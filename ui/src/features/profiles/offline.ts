// Whether nothing can be reached at all: every source that has someone signed in to it does not answer. Pure.

import type { Profile, SourceStatus } from "$/gen/api";

/** Neither tells of the network: not tried yet, not there, or nobody is signed in. */
const SILENT = new Set(["pending", "not-available", "retired", "signed-out"]);

/** Since when: the last answer of any of them, or none if there never was one. Undefined if something answers. */
export function offlineSince(sources: readonly SourceStatus[], profiles: readonly Profile[]): string | null | undefined {
  const out = new Set(profiles.filter((p) => p.sign_in.state === "out").map((p) => p.name));
  const telling = sources.filter((s) => !SILENT.has(s.state) && !out.has(s.id.profile));
  if (telling.length === 0 || telling.some((s) => s.state !== "unreachable")) return undefined;
  return telling.map((s) => s.ok_at).filter((at): at is string => at !== null).sort().at(-1) ?? null;
}
