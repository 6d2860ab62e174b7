// The page as `skydeckctl serve` hands it out, in Chromium, over a simulated AWS: the link leads in, rows come as they are
// read, a link to AWS's console opens, another port's page reaches nothing, and the page says so when nobody answers any
// more. Then every view of it over the demo world, and what opens beside its first row, in both themes, languages and sizes,
// as look.mjs judges them; pictures of them go to tests/out/served. What the browser refuses (the policy) or reports (an error)
// fails the run. The program: SKYDECKCTL_BIN.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { launch, out, settled } from "./browser.mjs";
import { look as judge } from "./look.mjs";
import { SIZES } from "./screens.mjs";

const program = process.env.SKYDECKCTL_BIN;
assert(program, "SKYDECKCTL_BIN names the program");
const REGION = "ap-northeast-2";
const pictures = join(out, "../served");
const folders = [];
const started = [];

/** A folder of a user's. */
function home() {
  folders.push(mkdtempSync(join(tmpdir(), "skydeck-serve-")));
  return folders.at(-1);
}

/** Starts a command of the program, as that user, and gives the line of JSON by which it says that it is ready. */
async function start(folder, ...args) {
  const env = { HOME: folder, USER: "tester", SKYDECK_HOME: join(folder, "home"), AWS_CONFIG_FILE: join(folder, "config"), AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials") };
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  const [line] = await once(createInterface(child.stdout), "line");
  return { child, ...JSON.parse(line) };
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

function profiles(folder, sim) {
  const named = sim.accounts.map((account) => ({ ...account, name: account.name.split("-").pop() }));
  writeFileSync(join(folder, "config"), named.map(({ name }) => `[profile ${name}]\nregion = ${REGION}\nendpoint_url = ${sim.url}\n`).join(""));
  writeFileSync(join(folder, "credentials"), named.map(({ name, access_key_id: id }) => `[${name}]\naws_access_key_id = ${id}\naws_secret_access_key = any\n`).join(""));
}

/** What a browser says while the page is looked at; to be nothing. */
function listened(page) {
  const said = [];
  page.on("pageerror", (error) => said.push(error.message));
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && said.push(message.text()));
  return said;
}

/** Somebody's first look: the profiles that were found are shown from then on. */
async function welcomed(page, before = () => undefined) {
  const start = page.locator("main .btn.primary");
  await start.waitFor();
  await before();
  await start.click();
}

async function look(browser, folder) {
  const served = await start(folder, "serve", "--port", "0", "--json");
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" });
  const page = await context.newPage();
  const said = listened(page);
  await page.goto(served.url);
  assert.equal(page.url(), `http://127.0.0.1:${served.port}/`, "the token leaves the address");
  await welcomed(page);
  // Rows that were read after the page was there: events have come.
  await page.waitForSelector(".row", { timeout: 30_000 });
  assert.equal(await page.evaluate(() => document.cookie), "", "no script sees the cookie");
  assert.equal(await page.evaluate(() => document.querySelectorAll("script:not([src]), style").length), 0);
  const cookies = await context.cookies();
  assert.deepEqual(cookies.map(({ name, httpOnly, sameSite, path, expires }) => ({ name, httpOnly, sameSite, path, expires })), [{ name: `skydeck-${served.port}`, httpOnly: true, sameSite: "Strict", path: "/", expires: -1 }]);
  const changed = await page.evaluate(() => {
    for (const shared of [Object.prototype, Array.prototype]) Reflect.set(shared, "evil", 1);
    return [{}.evil, [].evil].filter(Boolean);
  });
  assert.deepEqual(changed, [], "what all objects share stays as it is");
  await page.reload();
  await page.waitForSelector(".row");
  await leaves(context, page, said);
  assert.deepEqual(said, [], "the browser has nothing to say");

  // A second tab is in by the same cookie; another browser is not, not even by the same link.
  const tab = await context.newPage();
  await tab.goto(`http://127.0.0.1:${served.port}/`);
  await tab.waitForSelector(".row");
  await tab.close();
  const other = await (await browser.newContext()).newPage();
  assert.equal((await other.goto(served.url)).status(), 401);
  assert.equal(await other.locator(".row").count(), 0);

  await foreign(context, served);
  await gone(page, folder, served);
  await context.close();
}

/** A link that a row carries opens in a tab of its own, which is not told where it came from. (It fails: names are not resolved.) */
async function leaves(context, page, said) {
  const asked = [];
  context.on("request", (request) => request.url().startsWith("https:") && asked.push(request));
  for (const key of ["j", "Enter"]) await page.keyboard.press(key);
  const follow = async () => (await Promise.all([context.waitForEvent("page", { timeout: 10_000 }), page.getByRole("link", { name: /console/i }).first().click()]))[0];
  // A browser lets a page open a tab for some seconds after a click: once more, if a busy machine took longer to say that it may.
  const tab = await follow().catch(() => (assert.deepEqual(said, []), follow()));
  await tab.waitForLoadState().catch(() => undefined);
  assert.match(asked[0]?.url() ?? "", /^https:\/\/ap-northeast-2\.console\.aws\.amazon\.com\//);
  assert.ok(asked.every((request) => request.headers().referer === undefined));
  assert.equal(await tab.evaluate(() => window.opener), null);
  await tab.close();
}

/** A page of another port of the same machine, in the browser that is in: the browser sends the cookie, and all is refused. */
async function foreign(context, served) {
  const evil = await context.newPage();
  const target = `http://127.0.0.1:${served.port}`;
  for (const origin of ["http://localhost:1/", "http://127.0.0.1:1/"]) {
    await evil.route(origin, (route) => route.fulfill({ contentType: "text/html", body: "<title>evil</title>" }));
    await evil.goto(origin);
    const sent = evil.waitForResponse((response) => response.request().method() === "POST" && response.request().isNavigationRequest());
    const read = await evil.evaluate(async (target) => {
      const reads = (path, init) => fetch(target + path, { credentials: "include", ...init }).then((r) => r.text(), () => null);
      const json = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
      const found = [await reads("/"), await reads("/call/boot", json), await reads("/call/refresh", { method: "POST", mode: "no-cors", body: "{}" })];
      const frame = document.createElement("iframe");
      const loaded = new Promise((done) => frame.addEventListener("load", done));
      frame.src = target;
      document.body.append(frame);
      await loaded;
      const form = Object.assign(document.createElement("form"), { method: "post", action: `${target}/call/refresh`, enctype: "text/plain" });
      document.body.append(form);
      setTimeout(() => form.submit());
      return found;
    }, target);
    const form = await sent;
    assert.equal(form.status(), 403);
    // To a browser another port is the same site: here SameSite alone would have let it in.
    if (origin.includes("127.0.0.1")) assert.match((await form.request().allHeaders()).cookie ?? "", /skydeck-/);
    await evil.waitForURL(`${target}/call/refresh`);
    // What cannot be read is "" where the browser hides that it failed.
    assert.deepEqual(read.map((text) => text || null), [null, null, null], `${origin} reads nothing`);
  }
  await evil.close();
}

/** The server ends: the page says so by itself. A new one knows nothing of the old session. */
async function gone(page, folder, served) {
  await end(served.child);
  await page.getByText("does not answer").first().waitFor({ timeout: 15_000 });
  const again = await start(folder, "serve", "--port", String(served.port), "--json");
  await page.getByText("session has ended").first().waitFor({ timeout: 15_000 });
  await page.goto(again.url);
  await page.waitForSelector(".row");
}

/** Every view in both themes, languages and sizes. Theme and language are the system's, which nobody has chosen otherwise. */
async function views(browser, folder) {
  const served = await start(folder, "serve", "--port", "0", "--json");
  mkdirSync(pictures, { recursive: true });
  const problems = [];
  let cookies;
  let looks = 0;
  for (const [locale, language] of [["en-GB", "en"], ["ko-KR", "ko"]]) {
    const context = await browser.newContext({ locale, timezoneId: "UTC" });
    if (cookies) await context.addCookies(cookies);
    const page = await context.newPage();
    const said = listened(page);
    await page.goto(cookies ? `http://127.0.0.1:${served.port}/` : served.url);
    cookies = await context.cookies();
    const all = async (name) => {
      for (const colorScheme of ["dark", "light"]) {
        await page.emulateMedia({ colorScheme });
        for (const [width, height] of SIZES) {
          await page.setViewportSize({ width, height });
          await settled(page);
          assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dataset.theme]), [language, colorScheme]);
          const state = [name, colorScheme, language, width].join("-");
          for (const problem of await judge(page)) problems.push(`${state}: ${problem}`);
          await page.screenshot({ path: join(pictures, `${state}.png`) });
          looks += 1;
        }
      }
    };
    // Asked for once, in the first of the languages.
    if (language === "en") await welcomed(page, () => all("welcome"));
    const ways = page.locator(".rail .nav");
    // Where the last one left is kept. All is read, so that what is looked at is full.
    await ways.first().click();
    await page.waitForSelector(".group[data-health=ok]", { timeout: 120_000 }).catch(async (error) => {
      await page.screenshot({ path: join(pictures, "failed.png") });
      throw error;
    });
    const n = await ways.count();
    assert(n >= 6, `${n} views in the rail`);
    for (let i = 0; i < n; i += 1) {
      await page.setViewportSize({ width: 1280, height: 800 });
      await ways.nth(i).click();
      // A name that is pointed at has its key beside it, which is no part of the name.
      await page.mouse.move(1279, 799);
      await page.waitForSelector(".main h1");
      await settled(page);
      await all(`${i}`);
      if ((await page.locator(".main .row:not(.thead)").count()) === 0) continue;
      for (const key of ["j", "Enter"]) await page.keyboard.press(key);
      // Not every view has something beside its rows.
      if (await page.waitForSelector(".detail h2", { timeout: 3_000 }).catch(() => null)) await all(`${i}-detail`);
      await page.keyboard.press("Escape");
    }
    assert.deepEqual(said, [], "the browser has nothing to say");
    await context.close();
  }
  assert.deepEqual(problems, []);
  return looks;
}

let browser;
try {
  // What is looked up by name is nowhere: nothing leaves this machine.
  browser = await launch("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost");
  const [few, demo] = [home(), home()];
  profiles(few, await start(few, "sim", "--world", "scale:3,1,6", "--seed", "7"));
  await look(browser, few);
  profiles(demo, await start(demo, "sim", "--world", "demo", "--seed", "7"));
  const looks = await views(browser, demo);
  console.log(`serve: the page works in a browser, no other page reaches it, and nothing is found in ${looks} looks`);
} finally {
  await browser?.close();
  for (const child of started) await end(child);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
