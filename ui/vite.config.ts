/// <reference types="vitest/config" />
// One bundle for the window and the browser. Mode `fixtures` adds the typed fixtures, for looking at states in
// Chromium (scripts/shots.mjs, scripts/a11y.mjs); the product's bundle does not contain them.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  resolve: {
    alias: { $: fileURLToPath(new URL("./src", import.meta.url)) },
    // Tests mount components in jsdom: Svelte's browser build.
    conditions: mode === "test" ? ["browser"] : undefined,
  },
  base: "./",
  build: {
    target: ["es2022", "safari16"],
    // The CSP allows no data: URL, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: false,
    chunkSizeWarningLimit: 400,
  },
  server: { port: 5178, strictPort: false },
  test: {
    include: ["src/**/*.test.ts"],
    environment: "jsdom",
    setupFiles: ["src/test-setup.ts"],
  },
}));
