// The window: Tauri's IPC. The only file that names Tauri; the commands are those of src-tauri.

import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Event } from "$/gen/api";
import type { Host, Outside } from "./host";

export const inTauri = (): boolean => "__TAURI_INTERNALS__" in globalThis;

/** Calls with their answers, which the shell made while the page was still loading (src-tauri/src/window.rs). */
declare global {
  var skydeckAhead: Promise<[name: string, params: string, answer: unknown][]> | undefined;
}

/** Each is good once: whoever asks again wants to know how it is now. */
const ahead = new Map<string, unknown>();
const fetched = globalThis.skydeckAhead?.then(
  (asked) => asked.forEach(([name, params, answer]) => ahead.set(`${name} ${params}`, answer)),
  () => undefined,
);

async function call<T>(name: string, params: unknown): Promise<T> {
  // The first question waits for what was fetched; what follows it finds it here.
  if (name === "boot") await fetched;
  const key = `${name} ${JSON.stringify(params)}`;
  if (!ahead.has(key)) return invoke("call", { name, params });
  const answer = ahead.get(key) as T;
  ahead.delete(key);
  return answer;
}

export const tauri: Host = {
  kind: "window",
  demo: () => invoke("open_demo"),
  call,
  events(heard) {
    const stop = listen<Event>("skydeck://event", (e) => heard(e.payload));
    return () => void stop.then((f) => f());
  },
  opens(heard, unknown) {
    const stop = [listen<Outside | null>("skydeck://open", (e) => heard(e.payload)), listen<string>("skydeck://unknown", (e) => unknown(e.payload))];
    return () => stop.forEach((s) => void s.then((f) => f()));
  },
  openLink: (url) => void invoke("open_link", { url }),
  save: (name, text) => invoke("save_file", { name, text }),
  painted() {
    ahead.clear();
    void invoke("painted");
  },
  clock: () => Date.now(),
};
