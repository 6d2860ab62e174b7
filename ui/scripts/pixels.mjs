// Pictures as pixels: what differs between two, and one made small enough to be kept. Read by Chromium, which knows PNG; only
// to write one with a palette, which it does not, is done here.

import { crc32, deflateSync } from "node:zlib";

/** Colours of a kept picture at most: what PNG has one byte for. A screen has some thousands, all but these at the edges of letters. */
const COLOURS = 256;
/** How far a channel may be off (of 255) before a pixel differs: what two builds of one rasteriser make of the same edge. */
const OFF = 24;

/** Runs in the page: lays down how to read a picture and how to reduce a colour to one of few. */
function tools() {
  globalThis.read = async (png) => {
    const blob = await (await fetch(`data:image/png;base64,${png}`)).blob();
    const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none" });
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(bitmap, 0, 0);
    const { width, height, data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    // Each pixel as one number, alpha apart: a screen has none.
    const colours = new Uint32Array(width * height);
    for (let i = 0; i < colours.length; i += 1) colours[i] = (data[4 * i] << 16) | (data[4 * i + 1] << 8) | data[4 * i + 2];
    return { width, height, colours, canvas, context };
  };
  globalThis.apart = (a, b) => Math.max(Math.abs((a >> 16) - (b >> 16)), Math.abs(((a >> 8) & 255) - ((b >> 8) & 255)), Math.abs((a & 255) - (b & 255)));
  /** Index of the nearest of these colours, for each colour; of two as near, the one that comes first. */
  globalThis.nearest = (palette) => {
    const known = new Map(palette.map((colour, i) => [colour, i]));
    return (colour) => {
      let at = known.get(colour);
      if (at === undefined) {
        at = 0;
        for (let i = 1; i < palette.length; i += 1) if (apart(palette[i], colour) < apart(palette[at], colour)) at = i;
        known.set(colour, at);
      }
      return at;
    };
  };
  globalThis.base64 = (bytes) => {
    let text = "";
    for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return btoa(text);
  };
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const number = (n) => Buffer.from(Uint32Array.of(n).buffer).swap32();
  return Buffer.concat([number(data.length), body, number(crc32(body))]);
}

/** https://www.w3.org/TR/png-3/: eight bits a pixel, each the number of a colour. */
function withPalette({ width, height, palette, indices }) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) indices.copy(lines, y * (width + 1) + 1, y * width, (y + 1) * width);
  const colours = Buffer.from(palette.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("PLTE", colours), chunk("IDAT", deflateSync(lines, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

/** What can be done with pictures, in a page of this browser. */
export async function pixels(browser) {
  const page = await browser.newPage();
  await page.evaluate(tools);
  return {
    /** The same picture in its 256 most frequent colours. */
    async small(png) {
      const { indices, ...made } = await page.evaluate(async ([png, most]) => {
        const { width, height, colours } = await read(png);
        const often = new Map();
        for (const colour of colours) often.set(colour, (often.get(colour) ?? 0) + 1);
        // By number where as frequent, so that the same picture gives the same file.
        const palette = [...often].sort(([a, n], [b, m]) => m - n || a - b).slice(0, most).map(([colour]) => colour).sort((a, b) => a - b);
        return { width, height, palette, indices: base64(Uint8Array.from(colours, nearest(palette))) };
      }, [png.toString("base64"), COLOURS]);
      return withPalette({ ...made, indices: Buffer.from(indices, "base64") });
    },

    /**
     * How many pixels of `seen` differ from `kept`, once it has only the colours of that one; with a picture in which they are
     * red, unless there are none.
     */
    async differ(kept, seen) {
      const { n, marked } = await page.evaluate(async ([kept, seen, off]) => {
        const [a, b] = [await read(kept), await read(seen)];
        if (a.width !== b.width || a.height !== b.height) return { n: Math.max(a.colours.length, b.colours.length), marked: null };
        const palette = [...new Set(a.colours)].sort((a, b) => a - b);
        const index = nearest(palette);
        let n = 0;
        b.context.globalAlpha = 0.75;
        b.context.fillStyle = "#fff";
        b.context.fillRect(0, 0, b.width, b.height);
        b.context.globalAlpha = 1;
        b.context.fillStyle = "#e00";
        for (let i = 0; i < a.colours.length; i += 1) {
          if (apart(a.colours[i], palette[index(b.colours[i])]) <= off) continue;
          n += 1;
          b.context.fillRect(i % b.width, Math.floor(i / b.width), 1, 1);
        }
        return { n, marked: n === 0 ? null : base64(new Uint8Array(await (await b.canvas.convertToBlob({ type: "image/png" })).arrayBuffer())) };
      }, [kept.toString("base64"), seen.toString("base64"), OFF]);
      return { n, marked: marked && Buffer.from(marked, "base64") };
    },
  };
}
