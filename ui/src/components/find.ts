// Finding by a few letters: they must stand in a text in this order, best where they stand together or at the beginning of
// a word. Pure.

/** Letters of `typed` in `text`, in order; none if they are not all there. */
export function find(text: string, typed: string): { letters: number[]; score: number } | undefined {
  const lower = text.toLowerCase();
  const wanted = [...typed.toLowerCase()].filter((c) => c.trim() !== "").join("");
  const together = lower.indexOf(wanted);
  if (together >= 0) {
    const atWord = together === 0 || /[^\p{L}\p{N}]/u.test(lower[together - 1] ?? "");
    return { letters: Array.from(wanted, (_, i) => together + i), score: (atWord ? 200 : 100) - together };
  }
  const letters: number[] = [];
  let from = 0;
  for (const char of wanted) {
    const at = lower.indexOf(char, from);
    if (at < 0) return undefined;
    letters.push(at);
    from = at + char.length;
  }
  return { letters, score: 50 - ((letters.at(-1) ?? 0) - (letters[0] ?? 0)) };
}
