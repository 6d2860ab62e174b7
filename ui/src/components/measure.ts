// Width of a text in the bundled font, by a canvas that is never shown. Remembered, since names repeat.

const widths = new Map<string, number>();
let context: CanvasRenderingContext2D | null | undefined;

export function textWidth(text: string, font: string): number {
  const key = `${font} ${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    context ??= document.createElement("canvas").getContext("2d");
    if (context) context.font = font;
    // Without a canvas (tests), about what Inter takes.
    width = context ? context.measureText(text).width : text.length * 6.2;
    if (widths.size > 2000) widths.clear();
    widths.set(key, width);
  }
  return width;
}

/** Forgets what was measured before the fonts were there. */
export const forgetWidths = (): void => widths.clear();
