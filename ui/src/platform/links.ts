// Links from AWS's answers are hostile: only https leaves, and only through the shell, which has its own allowlist.

import { host } from "./current";

export function isHttps(url: string | null | undefined): url is string {
  if (!url) return false;
  try {
    return new URL(url).protocol === "https:";
  } catch {
    return false;
  }
}

export function openLink(url: string): void {
  if (isHttps(url)) host().openLink(url);
}
