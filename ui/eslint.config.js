// Bans with their reasons; style is left to the reader's eye.
import globals from "globals";
import svelte from "eslint-plugin-svelte";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const tauri = {
  patterns: [
    { group: ["@tauri-apps/*"], message: "Only src/platform knows the host (docs/architecture.md, invariant 1)." },
  ],
};

export default ts.config(
  { ignores: ["dist", "node_modules", "src/gen"] },
  ...ts.configs.recommended,
  ...svelte.configs["flat/recommended"],
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-restricted-imports": ["error", tauri],
      "no-restricted-syntax": [
        "error",
        { selector: "MemberExpression[property.name='innerHTML']", message: "Text from AWS is hostile: text nodes only." },
        { selector: "MemberExpression[property.name='outerHTML']", message: "Text from AWS is hostile: text nodes only." },
        { selector: "CallExpression[callee.property.name='insertAdjacentHTML']", message: "Text from AWS is hostile: text nodes only." },
        { selector: "CallExpression[callee.object.name='window'][callee.property.name='open']", message: "Links open through platform.openLink, https only." },
        { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: "Time comes from platform/clock: the backend's clock." },
      ],
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig, extraFileExtensions: [".svelte"] } },
    rules: {
      // {@html} would make a commit message or a log line into markup.
      "svelte/no-at-html-tags": "error",
      // A link may leave only through the shell's allowlist: <Link>, which calls openLink.
      "svelte/no-target-blank": "error",
      // No router here.
      "svelte/no-navigation-without-resolve": "off",
    },
  },
  { files: ["src/platform/**"], rules: { "no-restricted-imports": "off" } },
  {
    files: ["src/platform/tauri.ts", "src/platform/choose.ts", "src/**/*.test.ts", "scripts/**", "*.config.*"],
    languageOptions: { globals: { ...globals.node } },
    rules: { "no-restricted-syntax": "off" },
  },
);
