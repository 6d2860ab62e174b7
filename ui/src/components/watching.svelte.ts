// Tells the backend which rows are on the screen, so that they are read first. Only a change is told, a moment after.

import { host } from "$/platform";

const AFTER_MS = 500;

export function watch(ids: () => readonly string[]): void {
  let told = "";
  $effect(() => {
    const now = [...ids()].sort();
    const timer = setTimeout(() => {
      const text = now.join("\n");
      if (text === told) return;
      told = text;
      // A lost word costs nothing: the rows are read at the ordinary pace.
      host().call("watching", { ids: now }).catch(() => undefined);
    }, AFTER_MS);
    return () => clearTimeout(timer);
  });
  $effect(() => () => void host().call("watching", { ids: [] }).catch(() => undefined));
}
