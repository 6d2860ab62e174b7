// axe over every screen in both themes, in Korean and at 200 % where that differs; no violations, and nothing is wider
// than its window. `npm run a11y -- all` goes through the whole matrix, which takes a quarter of an hour.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { build, together, withPages } from "./browser.mjs";
import { states } from "./screens.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const words = process.argv.slice(2);
const all = words.includes("all");
const problems = [];
/** Boxes of one line: what does not fit is clipped inside one of their cells, never at their own edge. */
const BOXES = ".topbar, .scopes, .statusbar, .viewhead, .thead, .row, .group, .banner, .crumb, .titleline, .actions, .tabs, .facts, .facts dd, .card > header, .card > footer, .line3";

async function look(page, name, audit) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) problems.push(`${name}: ${wide} px wider than the window`);
  const cut = await page.evaluate((boxes) => [...document.querySelectorAll(boxes)].filter((box) => box.scrollWidth > box.clientWidth + 1 && box.clientWidth > 0).map((box) => `${box.className} by ${box.scrollWidth - box.clientWidth} px: ${box.textContent.trim().slice(0, 60)}`), BOXES);
  for (const box of cut.slice(0, 4)) problems.push(`${name}: more than fits in .${box}`);
  if (!audit) return;
  // Evaluated by the debugger, so that the page's CSP stays as it is.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  for (const v of violations) problems.push(`${name}: ${v.id}: ${v.help}\n    ${v.nodes.slice(0, 3).map((n) => `${n.target.join(" ")}: ${n.any[0]?.message ?? n.all[0]?.message ?? ""}`).join("\n    ")}`);
}

/** Colours differ by theme, room by language and size; roles and names by neither. */
const audited = ({ words: of, size }) => all || (size[0] === 1280 && (of.includes("en") || (of.includes("light") && of.includes("full"))));
const magnified = ({ words: of, size }) => size[0] === 1280 && of.includes("dark") && (all || of.includes("en"));
/** Room is scarcest for long words in the narrow window; the wide one is looked at with all there is. */
const measured = ({ words: of, size }) => all || (of.includes("light") && (size[0] === 1280 || of.includes("full") || of.includes("hostile")));

build();
await withPages((open) =>
  together(
    states(words.filter((w) => w !== "all")).flatMap((s) => [
      { ...s, zoom: 1, audit: audited(s) },
      ...(magnified(s) ? [{ ...s, name: `${s.name} at 200 %`, zoom: 2, audit: true }] : []),
    ]),
    async (state) => {
      if (!state.audit && !measured(state)) return;
      const page = await open(state, state.zoom);
      await look(page, state.name, state.audit);
      await page.close();
    },
  ),
);
if (problems.length) {
  console.error(problems.join("\n"));
  process.exitCode = 1;
} else {
  console.log("a11y: no violations, nothing wider than the window");
}
