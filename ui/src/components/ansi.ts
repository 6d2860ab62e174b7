// Escape codes of a log line to runs of text with a class each. Colours and bold are kept; every other control sequence
// and control character is dropped, so that a line can neither move the cursor, set a title, nor hide what it says.
// Directional overrides (RTL) are shown as a mark, for the same reason. Pure.

export interface AnsiRun {
  text: string;
  /** Classes of styles/log.css, or "". */
  style: string;
}

// CSI … final byte; OSC/DCS/… up to their end; a lone ESC with one more.
const SEQUENCE = /\x1b\[([0-9;:?<=>]*)[ -/]*([@-~])|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|$)|\x1b[ -/]*[0-~]?/g;
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
const DIRECTION = /[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g;

const COLOURS = ["d", "r", "g", "y", "b", "m", "c", ""];

export function ansi(line: string): AnsiRun[] {
  const runs: AnsiRun[] = [];
  let colour = "";
  let bold = false;
  let at = 0;

  const push = (raw: string) => {
    const text = raw.replace(CONTROL, "").replace(DIRECTION, "\ufffd");
    if (text) runs.push({ text, style: [colour, bold ? "bold" : ""].filter(Boolean).join(" ") });
  };

  for (const found of line.matchAll(SEQUENCE)) {
    push(line.slice(at, found.index));
    at = found.index + found[0].length;
    if (found[2] !== "m" || found[1] === undefined) continue;
    const codes = found[1].split(/[;:]/).map(Number);
    for (let i = 0; i < codes.length; i += 1) {
      const code = codes[i] ?? 0;
      if (code === 0) [colour, bold] = ["", false];
      else if (code === 1) bold = true;
      else if (code === 2) colour = "d";
      else if (code === 22) [bold, colour] = [false, colour === "d" ? "" : colour];
      else if (code === 39) colour = "";
      else if (code >= 30 && code <= 37) colour = COLOURS[code - 30] ?? "";
      else if (code >= 90 && code <= 97) colour = COLOURS[code - 90] ?? "";
      // 256 colours and true colour: their arguments are not codes of their own.
      else if (code === 38 || code === 48) i += codes[i + 1] === 5 ? 2 : codes[i + 1] === 2 ? 4 : 0;
    }
  }
  push(line.slice(at));
  return runs;
}
