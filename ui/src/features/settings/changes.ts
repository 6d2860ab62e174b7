// What an import changes, in words. Pure. What the backend does not open up to the page (state of views) is told as changed.

import type { ImportChange } from "$/gen/api";
import { m } from "$/gen/messages";

/** Whether acting through a profile asks for less than before. */
export const opens = (change: ImportChange): boolean => change.part === "profile" && change.member === "protection" && change.to === "open";

const members: Record<string, () => string> = {
  label: m.settings.label,
  colour: m.settings.hue,
  environment: m.settings.environment,
  regions: m.settings.regions,
  protection: m.settings.protection,
  shown: m.settings.shown,
};
const keys: Record<string, () => string> = { theme: m.settings.theme, language: m.settings.language, attention: m.attention.title };

export function nameOf(change: ImportChange): string {
  if (change.part === "setting") return keys[change.name]?.() ?? change.name;
  const member = change.member === null ? "" : ` · ${members[change.member]?.() ?? change.member}`;
  return `${change.name}${member}`;
}

const words: Record<string, Record<string, () => string>> = {
  theme: m.settings.themes,
  colour: m.settings.colours,
  protection: m.protection,
};

/** A value as a person reads it. */
export function valueOf(change: ImportChange, value: unknown): string {
  if (value === null || value === undefined) {
    if (change.part !== "setting") return m.settings.none();
    return change.name === "attention" ? m.settings.import.asNow() : m.settings.themes.system();
  }
  if (typeof value === "boolean") return value ? m.attention.on() : m.attention.off();
  if (typeof value === "string") return words[change.member ?? change.name]?.[value]?.() ?? value;
  if (Array.isArray(value)) return value.length === 0 ? m.settings.none() : value.join(", ");
  if (typeof value === "object") {
    // A mark and a lock say why; of all else that has parts, that it is another.
    if ("value" in value) return String(value.value);
    if ("reason" in value && typeof value.reason === "string") return value.reason;
    return value === change.from ? m.settings.import.asNow() : m.settings.import.other();
  }
  return String(value);
}
