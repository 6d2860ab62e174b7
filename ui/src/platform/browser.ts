// The browser: the HTTP server of `skydeckctl serve` (crates/cli/src/serve), which handed out this page and knows it by a
// cookie that no script sees. Deliberately not here: opening a thing from outside the page, which only a desktop does.

import type { ApiError, Event } from "$/gen/api";
import type { Host } from "./host";

const failed = (code: ApiError["code"], message: string): ApiError => ({ code, message, info: null });

const GONE = () => failed("unavailable", `The Skydeck behind this page does not answer at ${location.host}. If the tunnel to it broke, bring that back and this page goes on; else start it again (skydeckctl serve) and open the new link. What was just asked for may have been done: the ledger tells.`);
const ENDED = () => failed("refused", "This page's session has ended: Skydeck was started anew. Open the link that skydeckctl serve printed; pressing Enter there prints another.");

/** Sends JSON and takes JSON. Mode `cors`, which is fetch's own: in any other, and with this page's referrer policy, the browser sends `Origin: null`. */
async function post<T>(path: string, body: unknown): Promise<T> {
  let status: number;
  let text: string;
  try {
    const response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), cache: "no-store", redirect: "error" });
    status = response.status;
    text = await response.text();
  } catch {
    throw GONE();
  }
  if (status === 401) throw ENDED();
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch {
    throw failed("internal", text.trim() || `The Skydeck behind this page answered ${status}.`);
  }
  if (status !== 200) throw told;
  return told as T;
}

/** A number that follows no other, so that what is heard with it has everything read again. */
const HOLE = -1;

/**
 * Listens while the page can be seen: a browser has six connections to a server, and a seventh tab would wait for ever.
 * Each connection begins with a hole, so nothing that happened meanwhile is missed.
 */
function events(heard: (event: Event) => void): () => void {
  let source: EventSource | undefined;
  const stop = () => {
    source?.close();
    source = undefined;
  };
  const listen = () => {
    if (source) return;
    let told = false;
    source = new EventSource("events");
    source.onmessage = (message: MessageEvent<string>) => {
      told = false;
      heard(JSON.parse(message.data) as Event);
    };
    // The browser tries again by itself, until it is refused. What is shown is asked for once at each, so that the page says
    // that nobody answers, or that its session has ended.
    source.onerror = () => {
      if (told && source?.readyState !== EventSource.CLOSED) return;
      told = true;
      heard({ seq: HOLE, tags: [] });
    };
  };
  const seen = () => (document.visibilityState === "hidden" ? stop() : listen());
  document.addEventListener("visibilitychange", seen);
  seen();
  return () => {
    document.removeEventListener("visibilitychange", seen);
    stop();
  };
}

/** The server says whether a link may be opened; the browser is here. */
async function openLink(url: string): Promise<void> {
  await post("open_link", { url });
  // eslint-disable-next-line no-restricted-syntax -- this is what openLink comes down to where there is no shell
  window.open(url, "_blank", "noopener,noreferrer");
}

/** The browser asks where, or has its own folder for it; it does not say which. */
function save(name: string, text: string): Promise<string> {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The download has begun by then; what is not given back stays in memory as long as the page.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  return Promise.resolve(name);
}

export const browser: Host = {
  kind: "browser",
  // The server belongs to whoever started it.
  demo: undefined,
  call: (name, params) => post(`call/${name}`, params),
  events,
  opens: () => () => undefined,
  openLink: (url) => void openLink(url).catch((error: unknown) => console.warn("not opened", error)),
  save,
  // AWS is read from the moment somebody has come in, on whatever machine that is.
  painted: () => undefined,
  // eslint-disable-next-line no-restricted-syntax -- the clock that platform/clock asks
  clock: () => Date.now(),
};
