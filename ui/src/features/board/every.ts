// Every row of the groups that are unfolded, group after group, page after page, whatever of them is loaded.

import type { BoardRow, GroupKey } from "$/gen/api";
import { host, type Params } from "$/platform";
import type { Page } from "../frame/save";
import { GROUPS } from "./groups";

const PAGE = 1000;

export async function* everyRow(asked: Params<"board">, folded: readonly string[]): AsyncGenerator<Page<BoardRow>> {
  const board = await host().call("board", { ...asked, folded: GROUPS });
  const groups = board.groups.filter((g) => !folded.includes(g.key));
  const all = { n: groups.reduce((n, g) => n + g.count.n, 0), exact: groups.every((g) => g.count.exact) };
  // One that moved while the board was read would come twice.
  const known = new Set<string>();
  for (const { key } of groups) {
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof one>> = await one(asked, key, after);
      const rows = page.rows.filter((row) => !known.has(row.id));
      for (const row of rows) known.add(row.id);
      after = page.next;
      yield { rows, all, more: after !== null || key !== groups.at(-1)?.key };
    } while (after !== null);
  }
  if (groups.length === 0) yield { rows: [], all, more: false };
}

function one({ text, regions, sort, descending }: Params<"board">, group: GroupKey, after: string | null) {
  return host().call("board_rows", { text: text ?? null, regions: regions ?? [], sort: sort ?? "need", descending: descending ?? false, profiles: [], group, after, limit: PAGE });
}
