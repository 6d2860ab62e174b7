// Pictures of every screen: fixtures × theme × language × size, to tests/out/ui. `npm run shots -- full dark en` for
// fewer; `grey` takes the colour out, `200` magnifies.

import { join } from "node:path";
import { build, out, together, withPages } from "./browser.mjs";
import { states } from "./screens.mjs";

const words = process.argv.slice(2);
const grey = words.includes("grey");
const zoom = words.includes("200") ? 2 : 1;

build();
await withPages((open) =>
  together(states(words.filter((w) => w !== "grey" && w !== "200")), async (state) => {
    const page = await open(state, zoom);
    // element.style, because the CSP of the page lets no <style> in.
    if (grey) await page.evaluate(() => (document.documentElement.style.filter = "grayscale(1)"));
    await page.screenshot({ path: join(out, `${state.name}${grey ? "-grey" : ""}${zoom === 2 ? "-200" : ""}.png`) });
    await page.close();
  }),
);
