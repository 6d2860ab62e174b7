// What a screen reader is told over a busy minute, in which something turns every second: what is worth saying once, and not
// each number that counts on. And that the health marks differ without their colours.

import { states } from "./screens.mjs";

/** Announcements of a minute at most. A person reads on meanwhile; only what they did themselves is worth more. */
const MOST = 2;
const MINUTE_MS = 60_000;

/** Runs in the page: counts from now on what live regions announce; changes of one moment are one announcement. */
function listen() {
  globalThis.announced = [];
  const POLITE = { status: "polite", log: "polite", alert: "assertive", timer: "off", marquee: "off" };
  const told = (node) => {
    for (let at = node.nodeType === 1 ? node : node.parentElement; at; at = at.parentElement) {
      const live = at.getAttribute("aria-live") ?? POLITE[at.getAttribute("role")];
      if (live) return live !== "off" && at.checkVisibility() ? at : undefined;
    }
  };
  new MutationObserver((changes) => {
    const regions = new Set(changes.map(({ target }) => told(target)).filter((region) => region?.textContent.trim()));
    for (const region of regions) globalThis.announced.push(region.textContent.replace(/\s+/g, " ").trim().slice(0, 80));
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}

async function minute(page) {
  await page.evaluate(listen);
  await page.clock.runFor(MINUTE_MS);
  return page.evaluate(() => globalThis.announced);
}

/** What chatters, among the places where a person stays while things happen. */
export async function chatter(open) {
  const problems = [];
  const busy = states(["full", "dark", "en", "1280"]).filter(({ words: [id] }) => ["list", "detail", "builds", "follow", "source", "calls"].includes(id));
  for (const state of busy) {
    const page = await open({ ...state, query: { ...state.query, fixture: "busy" }, clock: true });
    const before = await page.evaluate(() => document.body.textContent);
    const said = await minute(page);
    const name = `${state.words[0]} over a busy minute`;
    if ((await page.evaluate(() => document.body.textContent)) === before) problems.push(`${name}: nothing has changed, so this proves nothing`);
    if (said.length > MOST) problems.push(`${name}: ${said.length} announcements, as: ${[...new Set(said)].slice(0, 3).join(" | ")}`);
    if (state === busy[0]) {
      // One that chatters is heard.
      await page.evaluate(() => {
        const region = document.createElement("p");
        region.setAttribute("role", "status");
        document.body.append(region);
        let n = 0;
        setInterval(() => (region.textContent = `${(n += 1)} events`), 1000);
      });
      const heard = await minute(page);
      if (heard.length < 50) problems.push(`${name}: a region that changes every second was heard ${heard.length} times`);
    }
    await page.close();
  }
  return problems;
}

/** Pixels of 64 × 64 by which two marks differ at least; the nearest two that there are do by twice as many. */
const APART = 140;

/** Marks that are alike without their colours, in what the board has at its best and worst. */
export async function alike(open, { differ }) {
  const marks = new Map();
  for (const state of [...states(["list", "en", "1280"]), ...states(["history", "en", "1280"])]) {
    const [, fixture, theme] = state.words;
    if (!["full", "hostile", "stale"].includes(fixture)) continue;
    const page = await open(state);
    const found = await page.evaluate(() => {
      document.documentElement.style.filter = "grayscale(1)";
      const marks = new Map();
      for (const mark of document.querySelectorAll("svg.h")) marks.set([...mark.querySelectorAll("path")].map((path) => path.getAttribute("d")).join(" "), mark);
      const board = document.body.appendChild(document.createElement("div"));
      Object.assign(board.style, { position: "fixed", inset: "0", zIndex: "999", background: getComputedStyle(document.body).backgroundColor });
      [...marks.values()].forEach((mark, i) => {
        const shown = board.appendChild(mark.cloneNode(true));
        Object.assign(shown.style, { position: "absolute", left: `${64 * i}px`, top: "0", width: "64px", height: "64px" });
      });
      return [...marks.keys()];
    });
    for (const [i, drawing] of found.entries()) {
      marks.set(`${theme} ${drawing}`, await page.screenshot({ clip: { x: 64 * i, y: 0, width: 64, height: 64 } }));
    }
    await page.close();
  }
  const problems = marks.size < 16 ? [`only ${marks.size} marks were found`] : [];
  const all = [...marks];
  for (const [i, [one, picture]] of all.entries()) {
    for (const [other, of] of all.slice(i + 1)) {
      if (one.split(" ")[0] !== other.split(" ")[0]) continue;
      const { n } = await differ(picture, of);
      if (n < APART) problems.push(`without colour two marks differ by ${n} pixels: ${one} and ${other}`);
    }
  }
  return problems;
}
