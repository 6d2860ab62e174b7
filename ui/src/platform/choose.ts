// Which host this page runs in. Fixtures are in the bundle of mode `fixtures` only; the browser's follows the first screen's
// script, which is the window's.

import type { Host } from "./host";
import { inTauri, tauri } from "./tauri";

export async function chooseHost(): Promise<Host> {
  if (inTauri()) return tauri;
  if (import.meta.env.MODE === "fixtures") {
    const { fixtureHost } = await import("./fixtures");
    return fixtureHost(new URLSearchParams(location.search));
  }
  return (await import("./browser")).browser;
}
