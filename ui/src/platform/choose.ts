// Which host this page runs in. Fixtures are in the bundle of mode `fixtures` only.

import type { Host } from "./host";
import { inTauri, tauri } from "./tauri";

export async function chooseHost(): Promise<Host> {
  if (inTauri()) return tauri;
  if (import.meta.env.MODE === "fixtures") {
    const { fixtureHost } = await import("./fixtures");
    return fixtureHost(new URLSearchParams(location.search));
  }
  const nowhere = () => Promise.reject({ code: "internal", message: "This page is part of the Skydeck window; it has no backend here.", info: null });
  return { call: nowhere, events: () => () => undefined, opens: () => () => undefined, openLink: () => undefined, painted: () => undefined, clock: () => Date.now() };
}
