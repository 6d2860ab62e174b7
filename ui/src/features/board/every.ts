// Every row of the groups that are unfolded, as many as the backend gives at once.

import type { BoardRow } from "$/gen/api";
import { host, type Params } from "$/platform";
import type { Page } from "../frame/save";

const MOST = 1000;

export async function* everyRow(asked: Params<"board">, folded: readonly string[]): AsyncGenerator<Page<BoardRow>> {
  const board = await host().call("board", { ...asked, limit: MOST });
  const groups = board.groups.filter((g) => !folded.includes(g.key));
  const all = { n: groups.reduce((n, g) => n + g.count.n, 0), exact: groups.every((g) => g.count.exact) };
  yield { rows: groups.flatMap((g) => g.rows), all, more: false };
}
