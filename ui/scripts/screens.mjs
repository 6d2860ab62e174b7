// What there is to look at: every view, detail, drawer and overlay, each with the fixtures in which it differs, and how
// one gets there from a fresh page: by the keyboard where the keyboard goes there, so that looking at all of it also
// walks all of it.

import { MESSAGES } from "./look.mjs";

/** The pipeline, the build and the stack whose details are looked at. */
const CHECKOUT = "shop-prod/arn:aws:codepipeline:ap-northeast-2:777788889999:checkout-api";
const RUNNING = "shop-prod/arn:aws:codepipeline:ap-northeast-2:777788889999:inventory-sync";
const BUILD = "shop-prod/arn:aws:codebuild:ap-northeast-2:777788889999:shop-smoke:412";
const STACK = "shop-prod/arn:aws:cloudformation:ap-northeast-2:777788889999:stack/network-baseline/1b4614b5-9b77-4c52-8d13-77f2a4d01b46";

const ALL = ["full", "empty", "bare", "loading", "partial", "error", "stale", "offline", "many", "hostile"];
const LISTS = ["full", "empty", "loading", "partial", "error", "stale", "offline", "hostile"];

/** Goes to what has this name by Tab, as one without a mouse does. `{subject}` in it is whatever AWS calls it. */
async function tabTo(page, name, role = "") {
  for (let stops = 0; stops < 120; stops += 1) {
    await page.keyboard.press("Tab");
    const found = await page.evaluate(([wanted, role]) => {
      const at = document.activeElement;
      if (role && at?.getAttribute("role") !== role) return false;
      const said = at?.getAttribute("aria-label") ?? at?.textContent ?? "";
      const [first, ...rest] = wanted.split("{subject}");
      return said.replace(/\s+/g, " ").trim().startsWith(first) && rest.every((part) => said.includes(part));
    }, [name, role]);
    if (found) return;
  }
  throw new Error(`Tab never comes to “${name}”`);
}
const press = (...keys) => async (page) => {
  for (const key of keys) await page.keyboard.press(key);
};
const button = (name) => async (page, say) => {
  await tabTo(page, name(say));
  await page.keyboard.press("Enter");
};
/** A part of the freshness view, as its meter opens it, or by its name there. */
const meter = (name) => async (page, say) => {
  await press("g", "f")(page);
  await button(name)(page, say);
};
const tab = (steps) => async (page, say) => {
  await tabTo(page, say.detail.run, "tab");
  for (let i = 0; i < steps; i += 1) await page.keyboard.press("ArrowRight");
};
const verb = (id) => button((say) => say.action.label[id]);
const inMenu = (id, part) => async (page, say) => {
  await button((s) => s.verbs.more)(page, say);
  const wanted = part === null ? say.action.label[id] : say.verbOn[id].replace("{part}", part).replace(/\([^)]*\/[^)]*\)/, "");
  for (let i = 0; i < 20; i += 1) {
    if ((await page.evaluate(() => document.activeElement?.textContent ?? "")).trim().startsWith(wanted.slice(0, 6))) break;
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Enter");
};
const drawer = (open) => async (page, say) => {
  await open(page, say);
  await page.waitForSelector('[role="dialog"]');
};
const find = (text) => async (page, say) => {
  await drawer(press("Control+k"))(page, say);
  await page.keyboard.type(text);
};
/** A settings file, pasted into the sheet that takes one over. */
const pasted = (text) => async (page, say) => {
  await drawer(button((s) => s.settings.import.open))(page, say);
  await tabTo(page, say.settings.import.paste, "");
  await page.keyboard.type(text);
  await page.waitForSelector(".changes, .failure");
};
/** Opens a panel by its key, and waits for what is in it. */
const panel = (key, what) => async (page) => {
  await page.keyboard.press(key);
  await page.waitForSelector(`.menu ${what}`);
};
const narrow = (text, ...keys) => async (page, say) => {
  await press("/")(page, say);
  await page.waitForSelector('[role="option"]');
  await page.keyboard.type(text);
  await press(...keys)(page, say);
  await page.waitForTimeout(300);
};
/** Saves what is shown under a name, and looks at what is saved. */
async function saved(page, say) {
  await narrow("shop", "Enter")(page, say);
  await panel("v", "button")(page);
  await page.keyboard.press("Enter");
  await page.keyboard.type("Only the shop");
  await page.keyboard.press("Enter");
}
/** A magnified page has no room to give: its columns have the width that they have. */
const widening = (column) => async (page, say) => {
  if ((await page.evaluate(() => innerWidth)) <= 760) return;
  await tabTo(page, say.list.columns.width.replace("{column}", column(say)), "separator");
  for (let i = 0; i < 6; i += 1) await page.keyboard.press("ArrowRight");
};
/** Without the column of revisions, and the panel put away. */
async function hiding(page, say) {
  await panel("s", "fieldset")(page);
  await page.locator(".menu label", { hasText: say.board.col.revision }).locator("input").focus();
  await press("Space", "Escape")(page);
}
async function choose(page, say) {
  await drawer(verb("rollback"))(page, say);
  await tabTo(page, "4be0c7d");
  await page.keyboard.press(" ");
}
async function confirm(page, say) {
  await choose(page, say);
  await page.locator("#action-reason").focus();
  await page.keyboard.type("Coupon call answers 500: column coupon_id is not in prod yet");
  await page.keyboard.press("Tab");
  await page.keyboard.type("shop-prod");
}
async function follow(page, say) {
  await confirm(page, say);
  await tabTo(page, say.action.button.rollback.replace("{profile}", "shop-prod"));
  await page.keyboard.press("Enter");
  await page.waitForSelector(".steps li.done");
}

/** Compares the run, and shows the end of what is told of it, too. */
const compared = press("c");
async function comparedWith(page, say) {
  await tab(1)(page, say);
  await tabTo(page, say.compare.open);
  await tabTo(page, say.compare.open);
  await page.keyboard.press("Enter");
  await page.waitForSelector(".pair");
  await tabTo(page, "", "tabpanel");
  await page.keyboard.press("End");
}
async function unfolded(page, say) {
  await press("r")(page, say);
  await tabTo(page, say.raw.unfold);
  await page.keyboard.press("Enter");
}

/** In the window: a screen of its own has another size, and comes in its own time. */
async function wall(page, say) {
  await page.evaluate(() => (Element.prototype.requestFullscreen = () => Promise.reject(new Error("not here"))));
  await drawer(press("Control+Shift+F"))(page, say);
}

/** The notice of a part that stopped, and the rest beside it. */
const stopped = async (page) => {
  await page.waitForSelector(".failure [role=alert]");
};
/** What a defect of the page throws that nothing on the screen shows. */
const UNCAUGHT = "Thrown to be looked at";
const uncaught = async (page) => {
  await page.evaluate((message) => window.dispatchEvent(new ErrorEvent("error", { message, error: new Error(message) })), UNCAUGHT);
  await page.waitForSelector(".banner[data-health=unknown]");
};
/** What the engine says of an answer that is none. */
const NULL = "Cannot read properties of null";
/** Opens a stack by the filter, or the first of the tree, and one of its tabs. */
const stack = (steps = 0, name = "") => async (page, say) => {
  if (name) {
    await narrow(name, "Enter")(page, say);
    await page.waitForSelector(".stk .row");
  }
  // The first line is the head of a group.
  await press("j", "j", "Enter")(page, say);
  await page.waitForSelector(".stackdetail");
  if (steps === 0) return;
  await tabTo(page, say.stacks.tab.overview, "tab");
  for (let i = 0; i < steps; i += 1) await page.keyboard.press("ArrowRight");
};
async function templateRead(page, say) {
  await stack(3)(page, say);
  await button((s) => s.stacks.templates.read.replace("{which}", "{subject}"))(page, say);
  await tabTo(page, say.stacks.text.find);
  await page.keyboard.type("gateway");
}
async function stackSet(page, say) {
  await narrow("security", "Enter")(page, say);
  await page.waitForSelector(".stk .group");
  await press("j", "Enter")(page, say);
  await page.waitForSelector(".stackdetail .setgrid, .stackdetail .notice");
}
async function skipped(page, say) {
  await stack(0, "orders-queue")(page, say);
  await drawer(button((s) => s.action.label.continue))(page, say);
  await page.locator('.action input[type="checkbox"]').first().focus();
  await page.keyboard.press(" ");
}

const board = { view: "board" };
const open = { view: "board", open: CHECKOUT };

/** `id`, fixtures, what the page is asked for, how to go on from there, and what the page says when that `throws`. */
export const SCREENS = [
  { id: "list", fixtures: ALL, query: board },
  { id: "detail", fixtures: ALL, query: open },
  { id: "history", fixtures: ["full", "hostile"], query: open, go: tab(1) },
  { id: "compare", fixtures: ["full", "empty", "partial", "hostile", "loading-part", "refused-part", "reading-run", "gone-run", "denied-run"], query: open, go: compared },
  { id: "compareold", fixtures: ["full"], query: open, go: comparedWith },
  { id: "definition", fixtures: ["full", "hostile"], query: open, go: tab(3) },
  { id: "raw", fixtures: ["full", "hostile", "loading-part", "refused-part"], query: open, go: press("r") },
  { id: "rawopen", fixtures: ["full"], query: open, go: unfolded },
  { id: "rawbuild", fixtures: ["full"], query: { view: "builds", open: BUILD }, go: press("r") },
  { id: "menu", fixtures: ["full", "hostile"], query: open, go: button((say) => say.verbs.more) },
  { id: "help", fixtures: ["full"], query: board, go: press("?") },
  { id: "names", fixtures: ["full"], query: board, go: press("/") },
  { id: "values", fixtures: ["full", "hostile"], query: board, go: narrow("health:", "ArrowDown", "ArrowDown") },
  { id: "over", fixtures: ["full"], query: open, go: async (page) => (await page.keyboard.press("/"), await page.waitForSelector(".filter:focus-within [role=option]")) },
  { id: "borked", fixtures: ["full"], query: board, go: narrow("health:borked", "Enter") },
  { id: "palette", fixtures: ["full", "hostile", "error"], query: board, go: find("re") },
  { id: "commands", fixtures: ["full", "hostile"], query: open, go: press("Control+k") },
  { id: "nothing", fixtures: ["full"], query: board, go: find("zzzz") },
  { id: "switcher", fixtures: ["full", "stale", "bare", "error", "hostile"], query: board, go: async (page) => (await page.keyboard.press("Control+p"), await page.keyboard.type("s")) },
  { id: "turning", fixtures: ["busy"], query: board },
  { id: "looked", fixtures: ["back"], query: board, go: (page) => page.waitForSelector(".looked") },
  { id: "wall", fixtures: ALL, query: board, go: wall },
  { id: "approvals", fixtures: LISTS, query: { view: "approvals" } },
  { id: "builds", fixtures: [...LISTS, "bare"], query: { view: "builds" } },
  { id: "build", fixtures: ["full", "partial", "error", "offline", "hostile"], query: { view: "builds", open: BUILD } },
  { id: "arrange", fixtures: ["full"], query: { view: "builds" }, go: panel("s", "fieldset") },
  { id: "sorted", fixtures: ["full", "hostile"], query: { view: "builds" }, go: async (page, say) => (await tabTo(page, say.list.name), await page.keyboard.press("Enter"), await page.keyboard.press("Enter")) },
  { id: "widened", fixtures: ["full"], query: { view: "builds" }, go: widening((say) => say.builds.phase) },
  { id: "selected", fixtures: ["full", "stale", "hostile"], query: { view: "builds" }, go: press("j", "x", "j", "Shift+ArrowDown") },
  { id: "saved", fixtures: ["full"], query: { view: "builds" }, go: saved },
  { id: "boardarrange", fixtures: ["full"], query: board, go: panel("s", "fieldset") },
  { id: "boardsorted", fixtures: ["full", "many"], query: board, go: async (page, say) => (await tabTo(page, say.board.col.pipeline), await page.keyboard.press("Enter")) },
  { id: "boardhidden", fixtures: ["full"], query: board, go: hiding },
  { id: "boardwidened", fixtures: ["full"], query: board, go: widening((say) => say.board.col.stages) },
  { id: "unsaved", fixtures: ["full"], query: board, go: panel("v", "button") },
  { id: "repositories", fixtures: LISTS, query: { view: "repositories" } },
  { id: "stacks", fixtures: [...LISTS, "bare", "many"], query: { view: "stacks" } },
  { id: "stack", fixtures: ["full", "partial", "error", "loading", "stale", "offline", "hostile"], query: { view: "stacks", open: STACK } },
  { id: "stackopen", fixtures: ["many", "hostile"], query: { view: "stacks" }, go: stack() },
  { id: "stackevents", fixtures: ["full", "partial", "hostile"], query: { view: "stacks" }, go: stack(1) },
  { id: "stackresources", fixtures: ["full", "hostile"], query: { view: "stacks" }, go: stack(2) },
  { id: "stacktemplates", fixtures: ["full", "partial", "hostile"], query: { view: "stacks" }, go: stack(3) },
  { id: "stacktext", fixtures: ["full"], query: { view: "stacks" }, go: templateRead },
  { id: "stackoutputs", fixtures: ["full", "partial", "hostile"], query: { view: "stacks" }, go: stack(4) },
  { id: "stackruns", fixtures: ["full", "hostile"], query: { view: "stacks" }, go: stack(5) },
  { id: "stackset", fixtures: ["full", "partial", "hostile"], query: { view: "stacks" }, go: stackSet },
  { id: "stackmenu", fixtures: ["full"], query: { view: "stacks" }, go: async (page, say) => (await stack()(page, say), await button((s) => s.verbs.more)(page, say)) },
  { id: "changeset", fixtures: ["full"], query: { view: "stacks" }, go: drawer(async (page, say) => (await stack()(page, say), await button((s) => s.action.label["create-change-set"])(page, say))) },
  { id: "revert", fixtures: ["full", "hostile"], query: { view: "stacks" }, go: drawer(async (page, say) => (await stack()(page, say), await button((s) => s.action.label.revert)(page, say))) },
  { id: "execute", fixtures: ["full"], query: { view: "stacks" }, go: drawer(async (page, say) => (await stack()(page, say), await button((s) => s.action.label.execute)(page, say))) },
  { id: "unwind", fixtures: ["full"], query: { view: "stacks" }, go: skipped },
  { id: "deleting", fixtures: ["full"], query: { view: "stacks" }, go: drawer(async (page, say) => (await stack(0, "sandbox-vpn")(page, say), await button((s) => s.action.label.rollback)(page, say))) },
  { id: "freshness", fixtures: ["full", "bare", "loading", "partial", "error", "stale", "offline", "elsewhere", "hostile"], query: { view: "freshness" } },
  { id: "source", fixtures: ["full", "partial", "hostile"], query: { view: "freshness" }, go: press("j", "Enter") },
  { id: "calls", fixtures: ["full", "bare", "error", "elsewhere", "hostile"], query: board, go: meter((say) => say.freshness.calls) },
  { id: "signins", fixtures: ["full", "bare", "error", "stale", "hostile"], query: board, go: meter((say) => say.freshness.signIn) },
  { id: "stoppedsource", fixtures: ["torn"], query: { view: "freshness" }, go: async (page) => (await press("j", "Enter")(page), await stopped(page)), throws: "Invalid time value" },
  { id: "stoppeddetail", fixtures: ["torn"], query: open, go: stopped, throws: NULL },
  { id: "stoppedview", fixtures: ["torn"], query: { view: "ledger" }, go: stopped, throws: NULL },
  { id: "uncaught", fixtures: ["full", "offline"], query: board, go: uncaught, throws: UNCAUGHT },
  { id: "ledger", fixtures: ["full", "empty", "loading", "error", "hostile"], query: { view: "ledger" } },
  { id: "entry", fixtures: ["full", "hostile"], query: { view: "ledger" }, go: press("j", "j", "j", "j", "Enter") },
  { id: "settings", fixtures: ["full", "bare", "stale", "error", "hostile"], query: { view: "settings" } },
  { id: "export", fixtures: ["full", "hostile"], query: { view: "settings" }, go: drawer(button((say) => say.settings.export.open)) },
  { id: "import", fixtures: ["full"], query: { view: "settings" }, go: drawer(button((say) => say.settings.import.open)) },
  { id: "imported", fixtures: ["full", "hostile"], query: { view: "settings" }, go: pasted("{}") },
  { id: "misread", fixtures: ["full"], query: { view: "settings" }, go: pasted("{") },
  { id: "reset", fixtures: ["full"], query: { view: "settings" }, go: drawer(button((say) => say.settings.reset.open)) },
  { id: "report", fixtures: ["full", "hostile"], query: { view: "settings" }, go: drawer(button((say) => say.report.open)) },
  { id: "welcome", fixtures: ["welcome", "unprofiled"], query: {} },
  { id: "welcomed", fixtures: ["welcome", "unprofiled"], query: { host: "browser" } },
  { id: "start", fixtures: ["full", "hostile"], query: open, go: drawer(inMenu("start", null)) },
  { id: "retry", fixtures: ["full"], query: open, go: drawer(verb("retry")) },
  { id: "stop", fixtures: ["full"], query: { view: "board", open: RUNNING }, go: drawer(verb("stop")) },
  { id: "hold", fixtures: ["full"], query: open, go: drawer(inMenu("hold", "Deploy")) },
  { id: "rollback", fixtures: ["full", "partial", "loading-plan", "refused", "hostile"], query: open, go: drawer(verb("rollback")) },
  { id: "chosen", fixtures: ["full"], query: open, go: confirm },
  { id: "follow", fixtures: ["full", "ended", "hostile"], query: open, go: follow },
  { id: "approve", fixtures: ["full", "hostile"], query: { view: "approvals" }, go: drawer(press("Enter")) },
  { id: "reject", fixtures: ["full"], query: { view: "approvals" }, go: drawer(verb("reject")) },
];

export const SIZES = [
  [1280, 800],
  [1920, 1080],
];

/** Every state to look at. Words narrow it: `full dark en 1280 detail`. */
export function states(words = []) {
  const sizes = words.includes("1440") ? [[1440, 900]] : SIZES;
  return SCREENS.flatMap(({ id, fixtures, query, go, throws }) =>
    fixtures.flatMap((fixture) =>
      ["dark", "light"].flatMap((theme) =>
        ["en", "ko"].flatMap((lang) =>
          sizes.map((size) => ({
            name: [id, fixture, theme, lang, size[0]].join("-"),
            words: [id, fixture, theme, lang, String(size[0])],
            query: { fixture, theme, lang, ...query },
            go: go && ((page) => go(page, MESSAGES[lang])),
            throws,
            size,
          })),
        ),
      ),
    ),
  ).filter((state) => words.every((word) => state.words.includes(word)));
}
