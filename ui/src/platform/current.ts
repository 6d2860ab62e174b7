// Which host this is; set once by main.ts before anything is mounted, and by tests.

import type { Host } from "./host";

let current: Host | undefined;

export function setHost(host: Host): void {
  current = host;
}

export function host(): Host {
  if (!current) throw new Error("no host: setHost comes first");
  return current;
}
