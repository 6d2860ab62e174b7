// The text of a template as lines that are drawn one by one: a very long line in pieces, so that one of a megabyte is no
// slower than a thousand short ones. Pure.

export interface TextLine {
  id: string;
  /** Number of the line; none of what goes on from the piece before. */
  number: number | null;
  text: string;
}

/** Characters of a piece. */
export const PIECE = 240;

export function textLines(text: string): TextLine[] {
  const made: TextLine[] = [];
  text.split(/\r?\n/).forEach((line, i) => {
    if (line.length <= PIECE) return void made.push({ id: String(i), number: i + 1, text: line });
    for (let at = 0; at < line.length; ) {
      // No piece ends within a character of two halves.
      const end = at + PIECE + (/[\ud800-\udbff]/.test(line.charAt(at + PIECE - 1)) ? 1 : 0);
      made.push({ id: at === 0 ? String(i) : `${i} ${at}`, number: at === 0 ? i + 1 : null, text: line.slice(at, end) });
      at = end;
    }
  });
  return made;
}

/** Which lines have the words in them, whatever their case. */
export function hitsIn(lines: readonly TextLine[], typed: string): number[] {
  const wanted = typed.toLowerCase();
  return wanted === "" ? [] : lines.flatMap((line, i) => (line.text.toLowerCase().includes(wanted) ? [i] : []));
}

/** A line in parts: what was looked for, and what stands between. */
export function parted(text: string, typed: string): { text: string; hit: boolean }[] {
  const wanted = typed.toLowerCase();
  const lower = text.toLowerCase();
  // Letters that grow by lower case move every place after them.
  if (wanted === "" || lower.length !== text.length) return [{ text, hit: false }];
  const parts: { text: string; hit: boolean }[] = [];
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    if (at > from) parts.push({ text: text.slice(from, at), hit: false });
    parts.push({ text: text.slice(at, at + wanted.length), hit: true });
    from = at + wanted.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), hit: false });
  return parts;
}
