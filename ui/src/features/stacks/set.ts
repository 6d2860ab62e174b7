// The instances of a stack set as a grid, accounts by Regions. Pure.

import type { StackInstance, StackSetOperation } from "$/gen/api";
import type { Health } from "$/gen/api";

export interface Cell {
  region: string;
  instance: StackInstance | null;
}
export interface GridRow {
  id: string;
  account: string;
  cells: Cell[];
  /** How many of its instances are not current. */
  bad: number;
}

const HEALTHS: Record<string, Health> = { CURRENT: "ok", OUTDATED: "attention", INOPERABLE: "failed" };
const DETAILED: Record<string, Health> = { FAILED: "failed", FAILED_IMPORT: "failed", INOPERABLE: "failed", RUNNING: "running", PENDING: "running", CANCELLED: "attention", SKIPPED_SUSPENDED_ACCOUNT: "attention" };
const OPERATIONS: Record<string, Health> = { RUNNING: "running", STOPPING: "running", QUEUED: "running", SUCCEEDED: "ok", FAILED: "failed", STOPPED: "attention" };

/** An instance is as bad as the worst that is said of it; what drifted is off its course. */
export function healthOfInstance(of: Pick<StackInstance, "status" | "detailed_status" | "drift">): Health {
  const detailed = of.detailed_status === null ? undefined : DETAILED[of.detailed_status];
  if (detailed === "failed" || detailed === "running") return detailed;
  const health = HEALTHS[of.status] ?? "unknown";
  return health === "ok" && (of.drift === "DRIFTED" || detailed === "attention") ? "attention" : health;
}
/** The word that tells most of it. */
export const wordOfInstance = (of: Pick<StackInstance, "status" | "detailed_status">): string => (of.detailed_status && of.detailed_status !== "SUCCEEDED" ? of.detailed_status : of.status);

export const healthOfOperation = (of: Pick<StackSetOperation, "status">): Health => OPERATIONS[of.status] ?? "unknown";

/** Accounts with trouble first. */
export function gridOf(instances: readonly StackInstance[]): { regions: string[]; rows: GridRow[] } {
  const regions = [...new Set(instances.map((i) => i.region))].sort();
  const accounts = new Map<string, Map<string, StackInstance>>();
  for (const instance of instances) {
    const row = accounts.get(instance.account) ?? new Map<string, StackInstance>();
    accounts.set(instance.account, row.set(instance.region, instance));
  }
  const rows = [...accounts].map(([account, of]): GridRow => ({
    id: account,
    account,
    cells: regions.map((region) => ({ region, instance: of.get(region) ?? null })),
    bad: [...of.values()].filter((i) => healthOfInstance(i) !== "ok").length,
  }));
  return { regions, rows: rows.sort((a, b) => b.bad - a.bad || a.account.localeCompare(b.account)) };
}
