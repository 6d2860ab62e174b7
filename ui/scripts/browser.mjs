// What the looking scripts share: the fixtures built, served with the product's CSP, opened in Chromium.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const ui = fileURLToPath(new URL("..", import.meta.url));
export const out = join(ui, "../tests/out/ui");
const site = join(out, "site");

const PAGES_AT_ONCE = 3;

// `style-src-attr` is for element.style set from markup; a <style> or a <script> in the page runs nowhere.
const CSP = "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self'; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-src 'none'";
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml" };

export function build() {
  mkdirSync(out, { recursive: true });
  execFileSync("npx", ["vite", "build", "--mode", "fixtures", "--outDir", site, "--emptyOutDir", "--logLevel", "error"], { cwd: ui, stdio: "inherit" });
}

function serve() {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://x").pathname).replace(/^\/+/, "") || "index.html";
    const file = join(site, path);
    if (path === "favicon.ico") return response.writeHead(204).end();
    if (!file.startsWith(site) || !existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", "content-security-policy": CSP, "cache-control": "max-age=600" }).end(readFileSync(file));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve({ server, url: `http://127.0.0.1:${server.address().port}` })));
}

/** Chromium, drawing the same on every machine. */
export const launch = (...more) =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--font-render-hinting=none", "--force-color-profile=srgb", "--window-size=1920,1200", ...more],
  });

/**
 * Runs `look(open, browser)`, where `open(state, zoom, reducedMotion)` gives a page that has painted and has gone where the state says. A page
 * error, a refusal by the CSP, a page that never painted or a way that leads nowhere fails the run; but for what the state is
 * there to throw.
 */
export async function withPages(look) {
  const { server, url } = await serve();
  const browser = await launch();
  const errors = [];
  const contexts = new Map();
  const open = async ({ query, size: [width, height], go, throws, clock = false }, zoom = 1, reducedMotion = "no-preference") => {
    const key = `${width} ${height} ${zoom} ${reducedMotion}`;
    if (!contexts.has(key)) contexts.set(key, browser.newContext({ viewport: { width: Math.round(width / zoom), height: Math.round(height / zoom) }, deviceScaleFactor: zoom, timezoneId: "UTC", locale: "en-GB", reducedMotion }));
    const page = await (await contexts.get(key)).newPage();
    const about = decodeURIComponent(String(new URLSearchParams(query)));
    page.on("pageerror", (error) => errors.push(`${about}: ${error.message}`));
    page.on("console", (message) => message.type() === "error" && !(throws && message.text().includes(throws)) && errors.push(`${about}: ${message.text()}`));
    // A clock that can be run ahead.
    if (clock) await page.clock.install();
    await page.goto(`${url}/?${new URLSearchParams(query)}`);
    await page.waitForSelector("html[data-painted]", { state: "attached", timeout: 8000 }).catch(() => errors.push(`${about}: nothing was painted`));
    await page.evaluate(() => document.fonts.ready);
    // The skeleton comes after 200 ms; anything else is there.
    await page.waitForTimeout(query.fixture === "loading" ? 350 : 60);
    if (go) {
      await go(page).catch((error) => errors.push(`${about}: ${error.message.split("\n")[0]}`));
      await page.waitForTimeout(250);
    }
    return page;
  };
  try {
    await look(open, browser);
  } finally {
    await browser.close();
    server.close();
  }
  if (errors.length) {
    console.error([...new Set(errors)].join("\n"));
    process.exitCode = 1;
  }
}

/** Two frames, one in which what is measured is told and one in which it is laid out; then colours that are on their way. */
export async function settled(page) {
  await page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    await frame();
    await frame();
    while (document.getAnimations().some((a) => a.playState === "running" && a.effect?.getComputedTiming().endTime !== Infinity)) await frame();
  });
}

/** Runs `each` over all, a few at a time. */
export async function together(all, each) {
  const rest = [...all];
  await Promise.all(
    Array.from({ length: PAGES_AT_ONCE }, async () => {
      for (let next = rest.shift(); next !== undefined; next = rest.shift()) await each(next);
    }),
  );
}
