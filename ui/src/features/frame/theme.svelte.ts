// Theme and language on the root element, live.

import type { Theme } from "$/gen/api";
import { i18n, type Language } from "$/i18n/index.svelte";
import { settings } from "$/platform";

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };

export const nextTheme = (): void => void (settings.theme = NEXT[settings.theme]);
export const nextLanguage = (): void => void (settings.language = (i18n.language === "en" ? "ko" : "en") satisfies Language);

/** Keeps <html> as the settings and the system say, for as long as the component lives. */
export function useRoot(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let system = $state(dark.matches);
  $effect(() => {
    const turned = () => (system = dark.matches);
    dark.addEventListener("change", turned);
    return () => dark.removeEventListener("change", turned);
  });
  $effect.pre(() => {
    const root = document.documentElement;
    root.dataset.theme = settings.theme === "system" ? (system ? "dark" : "light") : settings.theme;
    root.lang = i18n.language;
  });
}
