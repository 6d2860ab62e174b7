// Which answers an event makes old. Pure; the cache of query.svelte.ts uses it.

import { provides } from "$/gen/api";
import type { CallName } from "./host";

/** The tags of a call with these parameters: `{id}` filled in, `rows` narrowed to its kinds. */
export function tagsOf(name: CallName, params: Record<string, unknown>): string[] {
  return provides[name].flatMap((tag) => {
    const kinds = params["kinds"];
    if (tag === "rows" && Array.isArray(kinds) && kinds.length > 0) return kinds.map((k) => `rows:${k}`);
    return [tag.replace(/\{(\w+)\}/g, (_, key: string) => String(params[key] ?? ""))];
  });
}

/** Whether a change of `changed` concerns data tagged `tag`: the same, or one is the whole of which the other is a part. */
export function concerns(tag: string, changed: string): boolean {
  return tag === changed || changed.startsWith(`${tag}:`) || tag.startsWith(`${changed}:`);
}
