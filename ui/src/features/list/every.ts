// Every row of a list, page after page, whatever of it is loaded.

import type { ListRow } from "$/gen/api";
import { host, type Params } from "$/platform";
import type { Page } from "../frame/save";

const PAGE = 1000;

export async function* everyRow(asked: Params<"rows">): AsyncGenerator<Page<ListRow>> {
  // One that moved while its list was read would come twice.
  const known = new Set<string>();
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof one>> = await one(asked, after);
    const rows = page.rows.filter((row) => !known.has(row.id));
    for (const row of rows) known.add(row.id);
    after = page.next;
    yield { rows, all: page.total, more: after !== null };
  } while (after !== null);
}

const one = (asked: Params<"rows">, after: string | null) => host().call("rows", { ...asked, after, limit: PAGE });
