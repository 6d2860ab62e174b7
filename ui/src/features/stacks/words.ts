// What CloudFormation says, as it is shown beside AWS's own words, which stay as they are. Pure.

import type { Health, ListRow, StackDetail, StackOperation } from "$/gen/api";
import type { MarkName } from "$/components/health";
import { m } from "$/gen/messages";
import { ago, span } from "$/i18n/format";
import { clock } from "$/platform";

type Drift = Pick<StackDetail, "drift" | "drifted" | "drift_checked_at">;

/** `2 drifted`, `in sync`, `not checked`. */
export function driftWord(of: Partial<Drift>): string {
  if (of.drift === "DRIFTED") return of.drifted == null ? m.stacks.drift.some() : m.stacks.drift.n({ n: of.drifted });
  if (of.drift === "IN_SYNC") return m.stacks.drift.inSync();
  return of.drift === "NOT_CHECKED" ? m.stacks.drift.unchecked() : m.stacks.drift.unknown();
}
export const driftChecked = (of: Partial<Drift>): string => (of.drift_checked_at ? m.stacks.drift.checked({ ago: ago(clock.since(of.drift_checked_at)) }) : m.stacks.drift.never());

/** `EC2::Subnet`; of a stack in a stack, `Stack`. */
export function shortType(type: string): string {
  const short = type.replace(/^AWS::/, "");
  return short === "CloudFormation::Stack" ? "Stack" : short;
}

/** How a status of a resource or of a stack stands, by its last words. */
export function healthOfStatus(status: string): Health {
  if (status.endsWith("_IN_PROGRESS")) return "running";
  if (status.endsWith("_FAILED") || status.endsWith("ROLLBACK_COMPLETE")) return "failed";
  if (status.startsWith("DELETE") || status.endsWith("_SKIPPED")) return "retired";
  return status.endsWith("_COMPLETE") ? "ok" : "unknown";
}
export const markOfStatus = (status: string): MarkName => healthOfStatus(status);

/** `Last update`, `Creation`; one that AWS has under another name goes by that. */
export function operationTitle(of: Pick<StackOperation, "kind">): string {
  const titles: Record<string, () => string> = m.stacks.operation;
  return titles[of.kind]?.() ?? of.kind;
}

/** A place on the axis after its beginning: `+2 min`. */
export const afterStart = (ms: number): string => m.stacks.after({ span: span(ms) });

/** `48 KB`: characters of a template, which are mostly bytes. */
export const sizeWord = (characters: number): string => (characters < 1024 ? m.stacks.size.b({ n: characters }) : m.stacks.size.kb({ n: Math.round(characters / 1024) }));

/** Id of a row: its profile, and its ARN. */
export const idOfArn = (profile: string, arn: string): string => `${profile}/${arn}`;
/** What a row is called beside its profile, for who cannot see the tree. */
export const rowTitle = (row: Pick<ListRow, "name" | "status">): string => `${row.name} ${row.status}`;
