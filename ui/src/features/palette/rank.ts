// Which commands what was typed means, likeliest first: by where its letters stand, and by use. Pure.

import { find } from "$/components/find";

export interface Ranked<T> {
  item: T;
  /** Indexes of the letters found in the title. */
  letters: number[];
}

/** Letters that stand apart mean a title only where each begins a word or follows the one before: `gb`, `go bo`. */
const meant = (title: string, letters: readonly number[]): boolean =>
  letters.every((at, i) => at === (letters[i - 1] ?? -2) + 1 || at === 0 || /[^\p{L}\p{N}]/u.test(title[at - 1] ?? ""));

export function rank<T extends { id: string; title: () => string }>(items: readonly T[], typed: string, boost: (id: string) => number): Ranked<T>[] {
  const all = items.flatMap((item) => {
    const found = typed.trim() === "" ? { letters: [], score: 0 } : find(item.title(), typed);
    const together = (found?.score ?? 0) > 50;
    return found && (together || meant(item.title(), found.letters)) ? [{ item, letters: found.letters, score: found.score + boost(item.id) }] : [];
  });
  // Stable: equals stay in the order of the list.
  return all.sort((a, b) => b.score - a.score).map(({ item, letters }) => ({ item, letters }));
}
