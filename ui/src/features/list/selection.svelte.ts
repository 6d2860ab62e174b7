// Several rows of a list, selected to be copied. By id, so that they stay selected when the list is read again; what is no
// longer among the rows that are loaded is no longer selected. Nothing acts on a selection.

import { SvelteSet } from "svelte/reactivity";

interface Row {
  id: string;
}

export class Selection {
  private readonly ids = new SvelteSet<string>();
  /** Where a run of rows begins: what was selected by itself last. */
  private from: string | null = null;

  get size(): number {
    return this.ids.size;
  }
  has(id: string): boolean {
    return this.ids.has(id);
  }
  of<R extends Row>(rows: readonly R[]): R[] {
    return this.size === 0 ? [] : rows.filter((r) => this.ids.has(r.id));
  }

  /** Selects a row, or no longer. */
  toggle(id: string): void {
    if (!this.ids.delete(id)) this.ids.add(id);
    this.from = id;
  }

  /** Selects all from where the run began to here; the run begins at `start` if there is none. */
  extend(rows: readonly Row[], to: string, start: string | null): void {
    const place = (id: string | null) => rows.findIndex((r) => r.id === id);
    if (place(this.from) === -1) this.from = place(start) === -1 ? to : start;
    const [begin = 0, end = 0] = [place(this.from), place(to)].sort((a, b) => a - b);
    for (const row of rows.slice(begin, end + 1)) this.ids.add(row.id);
  }

  clear(): void {
    this.ids.clear();
    this.from = null;
  }

  /** These are the rows now. */
  keep(rows: readonly Row[]): void {
    if (this.size === 0) return;
    const left = this.of(rows);
    if (left.length === this.size) return;
    this.ids.clear();
    for (const { id } of left) this.ids.add(id);
  }
}
