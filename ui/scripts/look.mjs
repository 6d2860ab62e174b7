// What is looked for on a page, whichever way it came to be shown (fixtures, `skydeckctl serve`): nothing wider than its box,
// no text that is missing, raw or cut without a way to read it, nothing that hostile text became, and axe.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const read = (language) => JSON.parse(readFileSync(join(import.meta.dirname, `../src/i18n/messages/${language}.json`), "utf8"));
/** The messages as they are written, by language. */
export const MESSAGES = { en: read("en"), ko: read("ko") };

/** Every message with its key, `board.title`. */
function flat(tree, path = "") {
  return Object.entries(tree).flatMap(([name, value]) => (typeof value === "string" ? [[path + name, value]] : flat(value, `${path}${name}.`)));
}
const EN = flat(MESSAGES.en);
const KO = new Map(flat(MESSAGES.ko));
const KEYS = EN.map(([key]) => key).filter((key) => key.includes("."));
/** What a message has filled in: seen on a page, it was not. A path of somebody's may well have an `{id}`. */
const PARAMETERS = [...new Set(EN.flatMap(([, text]) => [...text.matchAll(/\{(\w+)[,}]/g)].map(([, name]) => name)))].filter((name) => name !== "id");
/** Sentences that a Korean page does not show in English. Single words may be AWS's own, which are never translated. */
const ENGLISH = EN.filter(([key, text]) => text.includes(" ") && !/[{<]/.test(text) && KO.get(key) !== text).map(([, text]) => text);

/** Boxes of one line: what does not fit is clipped inside one of their cells, never at their own edge. */
const BOXES = ".topbar, .scopes, .statusbar, .viewhead, .thead, .row, .group, .banner, .crumb, .titleline, .actions, .tabs, .facts, .facts dd, .card > header, .card > footer, .line3";

/** Runs in the page, and gives what is wrong there. */
function wrong({ boxes, keys, parameters, english }) {
  const found = [];
  const seen = (element) => element.checkVisibility({ visibilityProperty: true });
  const short = (text) => text.replace(/\s+/g, " ").trim().slice(0, 60);
  const named = (element) => `${element.localName}.${[...element.classList].join(".")}`;

  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) found.push(`${wide} px wider than the window`);
  for (const box of document.querySelectorAll(boxes)) {
    if (box.clientWidth > 0 && box.scrollWidth > box.clientWidth + 1) found.push(`more than fits in ${named(box)}, by ${box.scrollWidth - box.clientWidth} px: ${short(box.textContent)}`);
  }

  // What AWS says may be anything, in a log above all; but none of this is what a person writes.
  const raw = new RegExp(String.raw`\bundefined\b|\bNaN\b|\[object |Invalid Date|\{(?:${parameters.join("|")})\}|\((?:이\/가|을\/를|은\/는|와\/과|으로\/로)\)`);
  const all = new Set(keys);
  const untranslated = new Set(document.documentElement.lang === "ko" ? english : []);
  const judge = (text, where) => {
    const words = text.trim();
    if (words === "") return;
    if (raw.test(words) || all.has(words)) found.push(`a text that was not put into words, in ${where}: ${short(words)}`);
    if (untranslated.has(words)) found.push(`not in Korean, in ${where}: ${short(words)}`);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) if (!node.parentElement.closest(".log, pre")) judge(node.data, named(node.parentElement));
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
    for (const name of ["aria-label", "title", "placeholder", "alt"]) {
      const text = element.getAttribute(name);
      if (text !== null) judge(text, `${name} of ${named(element)}`);
      if (text === "" && name !== "alt" && name !== "title") found.push(`an empty ${name} of ${named(element)}`);
    }
  }

  const CONTROLS = "button, a, input, select, textarea, [role=button], [role=tab], [role=option], [role=menuitem], [role=menuitemcheckbox], [role=menuitemradio], [role=radio], [role=checkbox], [role=switch]";
  for (const control of document.querySelectorAll(CONTROLS)) {
    const labels = [control.textContent, control.getAttribute("aria-label"), control.getAttribute("title"), control.getAttribute("aria-labelledby"), ...[...(control.labels ?? [])].map((l) => l.textContent)];
    if (seen(control) && !labels.some((label) => label?.trim())) found.push(`${named(control)} has neither text nor name`);
  }

  // The whole text is on what is cut, on what it stands in up to its cell or control, or on a part of it.
  const CELLS = "[role=gridcell], [role=row], [role=option], button, a, dd, dt, li, p, h1, h2, h3, header, footer, td, th";
  const told = (element) => {
    for (let at = element; at; at = at.parentElement) {
      if (at.hasAttribute("title") || at.hasAttribute("aria-label")) return true;
      if (at !== element && at.matches(CELLS)) break;
    }
    return element.querySelector("[title]") !== null;
  };
  for (const element of document.querySelectorAll("body *")) {
    if (element.clientWidth === 0 || element.scrollWidth <= element.clientWidth + 1) continue;
    const style = getComputedStyle(element);
    if (style.textOverflow === "ellipsis" && style.overflowX !== "visible" && seen(element) && element.textContent.trim() !== "" && !told(element)) found.push(`cut, and nowhere whole: ${named(element)}: ${short(element.textContent)}`);
  }

  // Text that became something.
  for (const made of document.querySelectorAll("img, iframe, object, embed, base, form[action], style, meta[http-equiv], script:not([src])")) found.push(`a <${made.localName}> is in the page`);
  for (const element of document.querySelectorAll("*")) {
    const handler = [...element.attributes].find(({ name }) => name.startsWith("on"));
    if (handler) found.push(`${named(element)} has ${handler.name}="${handler.value}"`);
    const address = element.getAttribute("href") ?? element.getAttribute("xlink:href");
    if (address && element.localName !== "link" && !/^(https:|#)/.test(address)) found.push(`${named(element)} leads to ${short(address)}`);
  }
  if (document.title !== "Skydeck") found.push(`the title became ${document.title}`);

  // A thing that runs is told by its time, not by a movement without end.
  for (const animation of document.getAnimations()) {
    if (animation.effect?.getComputedTiming().endTime === Infinity) found.push(`${named(animation.effect.target)} moves for ever`);
  }
  return [...new Set(found)];
}

/** What is wrong on this page; with axe, if it is to be audited. */
export async function look(page, audit = true) {
  const problems = await page.evaluate(wrong, { boxes: BOXES, keys: KEYS, parameters: PARAMETERS, english: ENGLISH });
  if (!audit) return problems;
  // Evaluated by the debugger, so that the page's CSP stays as it is.
  if (!(await page.evaluate("Boolean(globalThis.axe)"))) await page.evaluate(axe);
  const { violations } = await page.evaluate((rules) => globalThis.axe.run(document, { runOnly: rules, resultTypes: ["violations"] }), RULES);
  for (const v of violations) problems.push(`${v.id}: ${v.help}\n    ${v.nodes.slice(0, 3).map((n) => `${n.target.join(" ")}: ${n.any[0]?.message ?? n.all[0]?.message ?? n.none[0]?.message ?? ""}`).join("\n    ")}`);
  return problems;
}
