// The user's settings and the state of views (filters, folded groups, selection), as the ledger keeps them.
// They are here at once after `boot` and written a moment after a change; the screen never waits for the writing.

import type { Attention, Settings, Theme } from "$/gen/api";
import { host } from "./current";

const WRITE_AFTER_MS = 400;

// Until `boot` answered, and nothing is written before.
const UNKNOWN: Settings = { theme: "system", language: null, attention: { notify: true, rules: [], quiet: null, stay_in_tray: false }, views: {} };

let current = $state<Settings>(UNKNOWN);
let timer: ReturnType<typeof setTimeout> | undefined;

function write(): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    // A failed write costs the next start an old filter; it is not worth a message here. The Settings view tells.
    host().call("set_settings", $state.snapshot(current) as Settings).catch(() => undefined);
  }, WRITE_AFTER_MS);
}

export const settings = {
  get theme(): Theme {
    return current.theme;
  },
  set theme(theme: Theme) {
    current.theme = theme;
    write();
  },
  /** `en`, `ko`, or none for the system's. */
  get language(): string | null {
    return current.language;
  },
  set language(language: string | null) {
    current.language = language;
    write();
  },
  /** What the desktop is told. */
  get attention(): Attention {
    return current.attention;
  },
  set attention(attention: Attention) {
    current.attention = attention;
    write();
  },
  /** Takes what `boot` answered; nothing is written. What asks for the state of a view from now on gets that of it. */
  load(loaded: Partial<Settings>): void {
    states.clear();
    current = { ...UNKNOWN, ...loaded, views: { ...loaded.views } };
  },
};

// One a view, so that whoever changes it changes what is on the screen. Not state itself: it only holds states.
// eslint-disable-next-line svelte/prefer-svelte-reactivity
const states = new Map<string, object>();

/** Sets members of a view's state, whether it is on the screen or opens so later. */
export function presetView(view: string, members: Record<string, unknown>): void {
  const state = states.get(view);
  if (state) return void Object.assign(state, members);
  const kept = current.views[view];
  current.views[view] = { ...(typeof kept === "object" && kept !== null ? kept : {}), ...members };
  write();
}

/** The state of a view, kept over a restart. Give the whole default; unknown or missing members fall back to it. */
export function viewState<T extends object>(view: string, defaults: T): T {
  const known = states.get(view);
  if (known) return known as T;
  const kept = current.views[view];
  const state = $state<T>({ ...defaults, ...(typeof kept === "object" && kept !== null ? kept : {}) });
  const written = new Proxy(state, {
    set(target, key, value) {
      const done = Reflect.set(target, key, value);
      current.views[view] = $state.snapshot(target);
      write();
      return done;
    },
  });
  states.set(view, written);
  return written;
}
