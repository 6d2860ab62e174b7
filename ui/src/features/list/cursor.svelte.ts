// Going through the rows of a list, opening one and selecting several, by keys and clicks: the same on the board and in
// every list.

import { tick } from "svelte";
import { registry } from "$/commands/registry.svelte";
import { Selection } from "./selection.svelte";

interface Row {
  id: string;
}
/** What shows the rows. */
interface Shower {
  reveal(id: string): void;
  has(element: Element): boolean;
}

/** The row after or before the one with this id; the first or last if it is not there. */
export function beside<R extends Row>(rows: readonly R[], from: string | null, by: -1 | 0 | 1): R | undefined {
  const at = rows.findIndex((r) => r.id === from);
  if (at === -1) return by === -1 ? rows.at(-1) : rows[0];
  return rows[Math.min(rows.length - 1, Math.max(0, at + by))];
}

export class Cursor<R extends Row> {
  /** Id of the row that the keys are about. */
  at = $state<string | null>(null);
  readonly selection = new Selection();

  /** `kept.open`: the row whose detail is open. `follows`: an open detail follows the cursor. */
  constructor(
    private readonly rows: () => readonly R[],
    private readonly kept: { open: string | null },
    private readonly list: () => Shower | undefined,
    private readonly follows: () => boolean = () => true,
  ) {}

  private get place(): string | null {
    return this.at ?? this.kept.open;
  }

  async go(by: -1 | 1, follow = this.follows()): Promise<void> {
    const to = beside(this.rows(), this.place, by);
    if (!to) return;
    this.at = to.id;
    if (follow && this.kept.open) this.kept.open = to.id;
    await tick();
    this.list()?.reveal(to.id);
  }
  open(): void {
    this.kept.open = this.at ?? this.rows()[0]?.id ?? null;
  }
  /** Selects the row, or no longer. */
  toggle(): void {
    const row = beside(this.rows(), this.place, 0);
    if (row) this.selection.toggle((this.at = row.id));
  }
  private extend(by: -1 | 1): void {
    const to = beside(this.rows(), this.place, by);
    if (to) this.selection.extend(this.rows(), to.id, this.place);
    void this.go(by, false);
  }
  click(e: MouseEvent, row: R): void {
    if (e.ctrlKey || e.metaKey) this.selection.toggle(row.id);
    else if (e.shiftKey) this.selection.extend(this.rows(), row.id, this.place);
    else this.kept.open = row.id;
    this.at = row.id;
  }
  /** Goes to the filter. A detail that lies over the list, as on a magnified page, is closed for it. */
  async filter(field: { focus(): boolean } | undefined): Promise<void> {
    if (!field || field.focus()) return;
    this.kept.open = null;
    await tick();
    field.focus();
  }
  /** Undoes the last of these; tells whether there was anything. */
  back(): boolean {
    if (this.selection.size > 0) this.selection.clear();
    else if (this.kept.open) this.kept.open = null;
    else return false;
    return true;
  }

  /**
   * Keys that are no commands of the page: on a button or in a field they are its own. To be heard before those of the page,
   * for which an arrow with Shift is an arrow.
   */
  keys(e: KeyboardEvent): void {
    const at = e.target as Element;
    if (registry.overlaid || !(at === document.body || (at.matches('[role="row"]') && this.list()?.has(at)))) return;
    if (e.key === " ") this.toggle();
    else if (e.shiftKey && ["ArrowDown", "J"].includes(e.key)) this.extend(1);
    else if (e.shiftKey && ["ArrowUp", "K"].includes(e.key)) this.extend(-1);
    else return;
    e.preventDefault();
  }
}
