// The window: Tauri's IPC. The only file that names Tauri; the commands are those of src-tauri.

import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Event } from "$/gen/api";
import type { Host } from "./host";

export const inTauri = (): boolean => "__TAURI_INTERNALS__" in globalThis;

/** The answer to the page's first question, which the shell asked while the page was still loading (src-tauri/src/window.rs). */
declare global {
  var skydeckBoot: Promise<unknown> | undefined;
}

/** Once: whoever asks again wants to know how it is now. */
function asked<T>(): Promise<T> | undefined {
  const answer = globalThis.skydeckBoot as Promise<T> | undefined;
  globalThis.skydeckBoot = undefined;
  return answer;
}

export const tauri: Host = {
  call: (name, params) => (name === "boot" ? asked() : undefined) ?? invoke("call", { name, params }),
  events(heard) {
    const stop = listen<Event>("skydeck://event", (e) => heard(e.payload));
    return () => void stop.then((f) => f());
  },
  openLink: (url) => void invoke("open_link", { url }),
  painted: () => void invoke("painted"),
  clock: () => Date.now(),
};
