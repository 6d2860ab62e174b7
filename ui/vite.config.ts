/// <reference types="vitest/config" />
// One bundle for the window and the browser. Mode `fixtures` adds the typed fixtures, for looking at states in
// Chromium (scripts/shots.mjs, scripts/a11y.mjs); the product's bundle does not contain them.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { compiledAll } from "./src/i18n/compile";

/** Files of the fonts that the first frame is written in. */
const FIRST_FONTS = /(inter|jetbrains-mono)-latin-wght-normal/;

/** What only Korean needs. */
const KOREAN = /styles\/hangul\.css|i18n\/korean\.ts|messages\/(said\.)?ko\.json/;

/**
 * The style sheet before the script, and the first fonts beside both: a script that runs before the fonts are declared
 * cannot wait for them, and text that is laid out without them is laid out in fonts of the system, each of which the
 * system looks for.
 */
const stylesFirst: Plugin = {
  name: "styles-first",
  transformIndexHtml: {
    order: "post",
    handler(html, { bundle }) {
      if (!bundle) return html; // the development server declares styles by script
      const script = /\s*<script type="module"[^>]*><\/script>/.exec(html)?.[0];
      const fonts = Object.keys(bundle).filter((file) => FIRST_FONTS.test(file));
      if (!script || fonts.length !== 2) throw new Error("index.html has no script, or the first fonts have other names");
      const tags = fonts.map((file) => ({ tag: "link", attrs: { rel: "preload", as: "font", type: "font/woff2", crossorigin: "", href: `./${file}` }, injectTo: "head-prepend" as const }));
      return { html: html.replace(script, "").replace("</head>", `${script}\n  </head>`), tags };
    },
  },
};

/**
 * Icons as one drawing each. The library's put every line of an icon together while the page runs, of two components
 * and a list of attributes: a tenth of the time in which a first screen is made.
 */
const drawnIcons: Plugin = {
  name: "drawn-icons",
  enforce: "pre",
  async load(id) {
    const file = /^(.*@lucide\/svelte\/dist\/icons\/[\w-]+\.svelte)$/.exec(id)?.[1];
    if (file === undefined) return null;
    const data = /iconData = (\{.*\});/.exec(await readFile(file, "utf8"))?.[1];
    if (data === undefined) throw new Error(`${file} is no icon as this plugin knows them`);
    const { size, node } = JSON.parse(data) as { size: number; node: [string, Record<string, string>][] };
    const lines = node.map(([tag, attributes]) => `<${tag} ${Object.entries(attributes).map(([name, value]) => `${name}="${value}"`).join(" ")} />`).join("");
    return `<script>const { class: given, role, "aria-label": label } = $props();</script>
<svg class={given} {role} aria-label={label} aria-hidden={label ? undefined : "true"} width="${size}" height="${size}" viewBox="0 0 ${size} ${size}" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${lines}</svg>`;
  },
};

/**
 * The chunk of a module: Korean, what the first screen needs, or the rest (other views, the detail, what floats over a view
 * and what only they use), which is loaded once the first screen is there.
 */
function chunkOf(id: string, graph: { getModuleInfo(id: string): { isEntry: boolean; importers: readonly string[] } | null }): string {
  if (KOREAN.test(id)) return "korean";
  const seen = new Set([id]);
  for (const module of seen) {
    const info = graph.getModuleInfo(module);
    if (info?.isEntry) return "page";
    info?.importers.forEach((importer) => seen.add(importer));
  }
  return "rest";
}

/** `messages.json?compiled`: its messages parsed. */
const messages: Plugin = {
  name: "messages",
  enforce: "pre",
  async load(id) {
    const file = /^(.*\.json)\?compiled$/.exec(id)?.[1];
    if (file === undefined) return null;
    this.addWatchFile(file);
    const tree = JSON.parse(await readFile(file, "utf8")) as object;
    // As text, which is read when its language is first spoken.
    return { code: `export default () => JSON.parse(${JSON.stringify(JSON.stringify(compiledAll(tree)))});`, moduleType: "js" };
  },
};

export default defineConfig(({ mode }) => ({
  plugins: [messages, drawnIcons, svelte(), stylesFirst],
  resolve: {
    alias: [
      { find: /^\$(?=\/)/, replacement: fileURLToPath(new URL("./src", import.meta.url)) },
    ],
    // Tests mount components in jsdom: Svelte's browser build.
    conditions: mode === "test" ? ["browser"] : undefined,
  },
  base: "./",
  build: {
    target: ["es2022", "safari16"],
    // The CSP allows no data: URL, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: chunkOf, debugName: "chunks" }] } } },
    chunkSizeWarningLimit: 400,
  },
  // Of the clone the fixtures take the hostile texts, which are the tests'.
  server: { port: 5178, strictPort: false, fs: { allow: [".."] } },
  test: {
    include: ["src/**/*.test.ts"],
    environment: "jsdom",
    setupFiles: ["src/test-setup.ts"],
  },
}));
