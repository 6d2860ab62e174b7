// Which lines of a long list are in sight. Pure.

/** Top of each line, and the height of all as the last. */
export function offsets(heights: readonly number[]): number[] {
  const tops = [0];
  for (const h of heights) tops.push((tops.at(-1) ?? 0) + h);
  return tops;
}

/** Lines between `top` and `top + view`, and `margin` more on either side. */
export function window(tops: readonly number[], top: number, view: number, margin = 0): { from: number; to: number } {
  const lines = tops.length - 1;
  const at = (y: number) => {
    let low = 0;
    let high = lines;
    while (low < high) {
      const mid = (low + high) >> 1;
      if ((tops[mid + 1] ?? 0) > y) high = mid;
      else low = mid + 1;
    }
    return low;
  };
  return { from: Math.max(0, at(top) - margin), to: Math.min(lines, at(top + view) + 1 + margin) };
}

/**
 * How far what was in sight is from where it was, now that the lines are these. What most lines moved by: one that moved
 * by itself, to another group, takes nobody with it; among as many, the least. `seen`: what was in sight, and where its top was.
 */
export function drift(seen: readonly (readonly [id: string, top: number])[], lines: readonly { id: string }[], tops: readonly number[]): number {
  const was = new Map(seen);
  const votes = new Map<number, number>();
  lines.forEach(({ id }, i) => {
    const before = was.get(id);
    if (before === undefined) return;
    const by = (tops[i] ?? 0) - before;
    votes.set(by, (votes.get(by) ?? 0) + 1);
  });
  const [first] = [...votes].sort(([by, n], [otherBy, otherN]) => otherN - n || Math.abs(by) - Math.abs(otherBy));
  return first?.[0] ?? 0;
}
