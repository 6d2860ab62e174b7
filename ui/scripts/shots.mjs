// Pictures of every state: fixtures × theme × language × size, to tests/out/ui. `npm run shots -- full dark en` for fewer.

import { join } from "node:path";
import { build, FIXTURES, LANGUAGES, out, SIZES, THEMES, withPages } from "./browser.mjs";

const OPEN = "shop-prod/arn:aws:codepipeline:ap-northeast-2:777788889999:checkout-api";
const only = process.argv.slice(2);
const wanted = (...words) => only.every((w) => words.includes(w)) ;

build();
await withPages(async (open) => {
  for (const fixture of FIXTURES)
    for (const theme of THEMES)
      for (const lang of LANGUAGES)
        for (const size of [...SIZES, [1440, 900]])
          for (const detail of ["list", "detail"]) {
            if (!wanted(fixture, theme, lang, String(size[0]), detail) && only.length) continue;
            if (size[0] === 1440 && !only.includes("1440")) continue;
            const page = await open({ fixture, theme, lang, ...(detail === "detail" ? { open: OPEN } : {}) }, size);
            await page.screenshot({ path: join(out, `${fixture}-${detail}-${theme}-${lang}-${size[0]}.png`) });
            await page.context().close();
          }
});
