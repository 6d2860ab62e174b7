// Why a part of a stack is not there: it is being read, it could not be, or it is not until its source answers again. Pure.

import type { StackView } from "$/gen/api";
import { m } from "$/gen/messages";

type Part = "events" | "resources" | "drift" | "imports" | "outputs";
/** The call that reads each part. */
const CALLS: Record<Part, string> = { events: "DescribeStackEvents", resources: "ListStackResources", drift: "DescribeStackResourceDrifts", imports: "ListImports", outputs: "GetTemplate" };

export function notHere(view: Pick<StackView, "stale"> & { detail: Pick<StackView["detail"], "missing"> }, part: Part): string {
  const why = view.detail.missing.find((e) => e.operation === CALLS[part]);
  if (why) return m.stacks.unread.failed({ code: why.code, operation: CALLS[part] });
  return view.stale ? m.stacks.unread.stale() : m.stacks.reading[part]();
}
