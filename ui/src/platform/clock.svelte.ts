// The backend's clock, as the UI tells ages by it. One timer for the whole page, once a second, none while hidden.

import { host } from "./current";

let offset = 0;
let now = $state(0);
let timer: ReturnType<typeof setTimeout> | undefined;

function tick(): void {
  now = host().clock() + offset;
  // On the backend's whole second, so that every age on the page turns at once.
  timer = setTimeout(tick, 1000 - (now % 1000) + 5);
}

function stop(): void {
  clearTimeout(timer);
  timer = undefined;
}

export const clock = {
  /** Now, in milliseconds since 1970; changes once a second. */
  get now(): number {
    return now;
  },
  /** Milliseconds since an instant of the contract, never below zero. */
  since: (at: string): number => Math.max(0, now - Date.parse(at)),
  /** Milliseconds until an instant; below zero once it has passed. */
  until: (at: string): number => Date.parse(at) - now,

  /** Takes the instant of an answer. The way here took some milliseconds: only a real difference moves the clock. */
  set(answered: string): void {
    const next = Date.parse(answered) - host().clock();
    if (now !== 0 && Math.abs(next - offset) < 1500) return;
    offset = next;
    now = host().clock() + offset;
  },

  start(): () => void {
    const turn = () => (document.visibilityState === "hidden" ? stop() : timer ?? tick());
    tick();
    document.addEventListener("visibilitychange", turn);
    return () => {
      stop();
      document.removeEventListener("visibilitychange", turn);
    };
  },
};
