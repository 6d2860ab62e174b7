// Looks at every screen in every state, theme, language and size (look.mjs says what for); again at 200 % for who magnifies
// and, in the same go, wants nothing to move. `npm run a11y -- ledger ko` for fewer. Each state is opened once a language, then
// changes its size and theme as it does for a user. What it looks like goes to tests/out/ui.
//
// axe takes longer than all the rest. It sees colours, names and roles, which are the same in a wider window, and of which
// Korean changes no more than is seen where everything is shown: so it looks at every state in both themes, and in Korean at
// what is full or hostile. `all` has it look everywhere.

import { join } from "node:path";
import { build, out, settled, together, withPages } from "./browser.mjs";
import { alike, chatter } from "./live.mjs";
import { look } from "./look.mjs";
import { pixels } from "./pixels.mjs";
import { states } from "./screens.mjs";

const all = process.argv.includes("all");
const words = process.argv.slice(2).filter((word) => word !== "all");
const problems = [];
const counted = { looks: 0, audits: 0 };

/** Told as they are found: the whole takes minutes. */
function tell(found) {
  for (const problem of found) console.error(problem);
  problems.push(...found);
}

async function judge(page, name, audit = true) {
  const found = await look(page, audit);
  counted.looks += 1;
  counted.audits += Number(audit);
  tell(found.map((problem) => `${name}: ${problem}`));
}

const matters = ({ words: [, fixture, , lang] }) => all || lang === "en" || fixture === "full" || fixture === "hostile";
const audited = (state) => all || (matters(state) && state.size[0] === 1280);

/** States that differ in nothing but size and theme. */
const families = new Map();
for (const state of states(words)) {
  const [id, fixture, , lang] = state.words;
  const name = [id, fixture, lang].join("-");
  families.set(name, [...(families.get(name) ?? []), state]);
}

async function family(open, name, [first, ...rest]) {
  const page = await open(first);
  for (const state of [first, ...rest]) {
    const [width, height] = state.size;
    await page.setViewportSize({ width, height });
    await page.evaluate((theme) => (document.documentElement.dataset.theme = theme), state.query.theme);
    await settled(page);
    await judge(page, state.name, audited(state));
    await page.screenshot({ path: join(out, `${state.name}.png`) });
  }
  await page.close();
}

/** Half the room, and nothing moves. */
async function magnified(open, name, [state]) {
  const page = await open(state, 2, "reduce");
  const moving = await page.evaluate(() => document.getAnimations().filter((a) => a.playState === "running" && a.effect?.getComputedTiming().endTime > 0).map((a) => a.effect?.target?.className));
  if (moving.length > 0) tell([`${name}: moves, though the user wants it still: ${moving.slice(0, 3).join(", ")}`]);
  await judge(page, `${name} at 200 %`);
  await page.close();
}

build();
const begun = performance.now();
await withPages(async (open, browser) => {
  await together(
    [...families].flatMap(([name, of]) => [() => family(open, name, of), ...(matters(of[0]) ? [() => magnified(open, name, of)] : [])]),
    (job) => job(),
  );
  if (words.length === 0) tell([...(await chatter(open)), ...(await alike(open, await pixels(browser)))]);
});
if (problems.length) {
  console.error(`a11y: ${problems.length} problems in ${counted.looks} looks`);
  process.exitCode = 1;
} else {
  console.log(`a11y: nothing found in ${counted.looks} looks, ${counted.audits} of them with axe, in ${Math.round((performance.now() - begun) / 1000)} s`);
}
