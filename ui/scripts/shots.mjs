// Pictures of every state: fixtures × theme × language × size, to tests/out/ui. `npm run shots -- full dark en` for fewer.

import { join } from "node:path";
import { build, out, states, together, withPages } from "./browser.mjs";

build();
await withPages((open) =>
  together(states(process.argv.slice(2)), async ({ name, query, size }) => {
    const page = await open(query, size);
    await page.screenshot({ path: join(out, `${name}.png`) });
    await page.close();
  }),
);
