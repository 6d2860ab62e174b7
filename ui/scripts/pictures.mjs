// Every view against the picture of it that is kept in tests/pictures, two a view: dark, English, 1280 × 800 and light,
// Korean, 1920 × 1080, with all there is to show. `npm run pictures -- --update` keeps what they look like now; words narrow
// it. What differs is written to tests/out/pictures: as it is (`.png`) and where it differs (`.diff.png`).
//
// The fonts are the product's own, the clock is the fixtures', nothing is hinted and no graphics card draws: the same Chromium
// gives the same pixels, and a difference means that something looks different. A newer one may draw letters differently: then
// look at the pictures and keep them.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build, out, together, withPages } from "./browser.mjs";
import { pixels } from "./pixels.mjs";
import { SCREENS, states } from "./screens.mjs";

/** The pixels that may differ: less than half of the smallest thing that means something, a health mark of 14 px. */
const MOST = 30;
const KEPT = join(import.meta.dirname, "../../tests/pictures");
const SEEN = join(out, "../pictures");
const LOOKS = [
  ["dark", "en", "1280"],
  ["light", "ko", "1920"],
];

const update = process.argv.includes("--update");
const words = process.argv.slice(2).filter((word) => word !== "--update");
/** Views and details, as they are when one comes to them. */
const views = new Set(SCREENS.filter(({ go }) => go === undefined).map(({ id }) => id));
const wanted = LOOKS.flatMap((look) => states(["full", ...look])).filter(({ words: [id] }) => views.has(id));
const problems = [];

/** The faces of Hangul come after the first frame, in a sheet of their own, and each once a letter of it is to be drawn. */
const hangul = () => [...document.fonts].some((face) => face.family.includes("Pretendard"));

/** What the page looks like once it looks so twice: a window that was just sized takes a moment. */
async function picture(page) {
  await page.waitForFunction(hangul);
  await page.evaluate(() => document.fonts.load('12px "Pretendard Variable"', document.body.innerText));
  await page.evaluate(() => document.fonts.ready);
  const look = () => page.screenshot({ animations: "disabled", caret: "hide" });
  let seen = await look();
  for (let looks = 0; looks < 20; looks += 1) {
    await page.waitForTimeout(100);
    const again = await look();
    if (again.equals(seen)) return seen;
    seen = again;
  }
  throw new Error(`${page.url()} never comes to rest`);
}
const kept = (name) => join(KEPT, `${name}.png`);

async function compare(differ, name, seen) {
  if (!existsSync(kept(name))) return `${name}: there is no picture of it`;
  const { n, marked } = await differ(readFileSync(kept(name)), seen);
  if (n <= MOST) return undefined;
  writeFileSync(join(SEEN, `${name}.png`), seen);
  if (marked) writeFileSync(join(SEEN, `${name}.diff.png`), marked);
  return `${name}: ${n} pixels differ from tests/pictures`;
}

/** What the comparison has to see, or it would prove nothing; each is done to the page and taken back. */
const CHANGES = {
  "a health mark in the colour of another": () => {
    // What failed stands first.
    const mark = document.querySelector(".row svg.h");
    const health = mark.getAttribute("data-health");
    mark.setAttribute("data-health", "ok");
    return () => (health === null ? mark.removeAttribute("data-health") : mark.setAttribute("data-health", health));
  },
  "a row that stands one pixel lower": () => {
    const row = document.querySelector(".row:not(.thead)");
    row.style.transform = "translateY(1px)";
    return () => row.style.removeProperty("transform");
  },
  "a row that has lost its age": () => {
    const age = document.querySelector(".row .age");
    age.style.visibility = "hidden";
    return () => age.style.removeProperty("visibility");
  },
};

async function sees(page, { small, differ }) {
  const before = await small(await picture(page));
  const { n } = await differ(before, await picture(page));
  if (n > 0) problems.push(`the same page twice: ${n} pixels differ`);
  for (const [what, change] of Object.entries(CHANGES)) {
    const back = await page.evaluateHandle(change);
    const { n } = await differ(before, await picture(page));
    if (n <= MOST) problems.push(`${what} is not seen: ${n} pixels differ`);
    await back.evaluate((back) => void back());
  }
}

build();
for (const folder of [KEPT, SEEN]) mkdirSync(folder, { recursive: true });
await withPages(async (open, browser) => {
  const with_ = await pixels(browser);
  if (!update && words.length === 0) {
    const page = await open(wanted[0]);
    await sees(page, with_);
    await page.close();
  }
  await together(wanted.filter((state) => words.every((word) => state.words.includes(word))), async (state) => {
    const page = await open(state);
    const seen = await picture(page);
    await page.close();
    if (update) writeFileSync(kept(state.name), await with_.small(seen));
    else problems.push(...[await compare(with_.differ, state.name, seen)].filter(Boolean));
  });
});
for (const file of readdirSync(KEPT)) {
  if (wanted.some(({ name }) => name === basename(file, ".png"))) continue;
  if (update) rmSync(join(KEPT, file));
  else problems.push(`tests/pictures/${file}: no view looks for it`);
}
if (problems.length) {
  console.error(`${problems.join("\n")}\nLook at tests/out/pictures. If it is to look so: npm run pictures -- --update`);
  process.exitCode = 1;
} else {
  console.log(`pictures: ${update ? "kept" : "as they were"}, ${wanted.length} of them`);
}
