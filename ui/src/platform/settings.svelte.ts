// The user's settings and the state of views (filters, folded groups, selection), as the ledger keeps them.
// They are here at once after `boot` and written a moment after a change; the screen never waits for the writing.
//
// Only what changed here is written, and what another front changed (skydeckctl, another window) is taken over when it is
// told, unless it changed here, too, and is not written yet. State of a view that is on the screen stays: each front looks at
// what it looks at; what is `shared` (saved views) is one for all.

import type { ApiError, Attention, Settings, SettingsPatch, Theme } from "$/gen/api";
import { host } from "./current";
import { toApiError } from "./host";
import { cache } from "./query.svelte";

const WRITE_AFTER_MS = 400;

type Member = "theme" | "language" | "attention" | `view.${string}`;
const viewMember = (view: string): Member => `view.${view}`;

// Until `boot` answered, and nothing is written before.
const UNKNOWN: Settings = { theme: "system", language: null, attention: { notify: true, rules: [], quiet: null, stay_in_tray: false }, views: {} };

let current = $state<Settings>(UNKNOWN);
let error = $state.raw<ApiError | undefined>();
let timer: ReturnType<typeof setTimeout> | undefined;

/* Not state: they only hold, and nothing on the screen is made of them. */
/* eslint-disable svelte/prefer-svelte-reactivity */
/** Counts changes made here, and which was the last of each member. */
let changes = 0;
const changedAt = new Map<Member, number>();
/** What is not written yet. */
const unwritten = new Set<Member>();
/** One a view, so that whoever changes it changes what is on the screen. */
const states = new Map<string, object>();
/** Those of them that are one for all fronts, without what writes them down. */
const shared = new Map<string, object>();
/* eslint-enable svelte/prefer-svelte-reactivity */

function changed(member: Member): void {
  changes += 1;
  changedAt.set(member, changes);
  unwritten.add(member);
  clearTimeout(timer);
  timer = setTimeout(() => void write(), WRITE_AFTER_MS);
}

async function write(): Promise<void> {
  const sent = [...unwritten].map((member) => [member, changedAt.get(member)] as const);
  if (sent.length === 0) return;
  const now = $state.snapshot(current) as Settings;
  const has = (member: Member) => unwritten.has(member);
  const views = Object.entries(now.views).filter(([view]) => has(viewMember(view)));
  const patch: Partial<SettingsPatch> = {
    ...(has("theme") ? { theme: now.theme } : {}),
    ...(has("language") ? { language: now.language ?? "" } : {}),
    ...(has("attention") ? { attention: now.attention } : {}),
    ...(views.length > 0 ? { views: Object.fromEntries(views) } : {}),
  };
  try {
    await host().call("set_settings", patch);
    for (const [member, at] of sent) if (changedAt.get(member) === at) unwritten.delete(member);
    error = undefined;
  } catch (thrown) {
    // It goes with the next change; a filter that is lost is not worth a message over every view. Settings tell.
    error = toApiError(thrown);
  }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

let taking = false;
let takeAgain = false;

/** Takes over what is kept now, where nothing newer stands here. */
async function takeOver(): Promise<void> {
  takeAgain = taking;
  if (taking) return;
  taking = true;
  const before = changes;
  const held = new Set(unwritten);
  const ours = (member: Member) => held.has(member) || (changedAt.get(member) ?? 0) > before;
  try {
    const { settings: kept } = await host().call("boot", {});
    if (!ours("theme")) current.theme = kept.theme;
    if (!ours("language")) current.language = kept.language;
    if (!ours("attention") && !same(current.attention, kept.attention)) current.attention = kept.attention;
    for (const [view, state] of Object.entries(kept.views)) {
      if (ours(viewMember(view)) || (states.has(view) && !shared.has(view)) || same(current.views[view], state)) continue;
      current.views[view] = state;
      const shown = shared.get(view);
      if (shown) Object.assign(shown, state);
    }
  } catch {
    // Nobody answers: what is here stays, and the next event asks again.
  } finally {
    taking = false;
  }
  if (takeAgain) await takeOver();
}

export const settings = {
  get theme(): Theme {
    return current.theme;
  },
  set theme(theme: Theme) {
    current.theme = theme;
    changed("theme");
  },
  /** `en`, `ko`, or none for the system's. */
  get language(): string | null {
    return current.language;
  },
  set language(language: string | null) {
    current.language = language;
    changed("language");
  },
  /** What the desktop is told. */
  get attention(): Attention {
    return current.attention;
  },
  set attention(attention: Attention) {
    current.attention = attention;
    changed("attention");
  },
  /** Why what was last changed is not kept yet. */
  get error(): ApiError | undefined {
    return error;
  },
  /** Takes what `boot` answered; nothing is written. What asks for the state of a view from now on gets that of it. */
  load(loaded: Partial<Settings>): void {
    clearTimeout(timer);
    unwritten.clear();
    states.clear();
    shared.clear();
    current = { ...UNKNOWN, ...loaded, views: { ...loaded.views } };
  },
  /** Follows what other fronts change, for as long as the component lives. */
  follow: (): (() => void) => cache.heed("settings", () => void takeOver()),
  takeOver,
};

/** Sets members of a view's state, whether it is on the screen or opens so later. */
export function presetView(view: string, members: Record<string, unknown>): void {
  const state = states.get(view);
  if (state) return void Object.assign(state, members);
  const kept = current.views[view];
  current.views[view] = { ...(typeof kept === "object" && kept !== null ? kept : {}), ...members };
  changed(viewMember(view));
}

/**
 * The state of a view, kept over a restart. Give the whole default; unknown or missing members fall back to it. `shared`:
 * it is one for all fronts, and follows what another changes.
 */
export function viewState<T extends object>(view: string, defaults: T, options: { shared?: boolean } = {}): T {
  const known = states.get(view);
  if (known) return known as T;
  const kept = current.views[view];
  const state = $state<T>({ ...defaults, ...(typeof kept === "object" && kept !== null ? kept : {}) });
  const written = new Proxy(state, {
    set(target, key, value) {
      const done = Reflect.set(target, key, value);
      current.views[view] = $state.snapshot(target);
      changed(viewMember(view));
      return done;
    },
  });
  states.set(view, written);
  if (options.shared) shared.set(view, state);
  return written;
}
