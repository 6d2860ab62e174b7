// What went wrong in the page itself: kept for a report, and said once. In memory; nothing is sent anywhere.
// Deliberately not here: errors that the backend answers, which the view that asked shows.

import type { PageError } from "$/gen/api";

/** The newest are kept: of a defect that comes again and again the first say as much. */
const KEPT = 20;

/** What browsers throw and nobody needs to know: a size that is told one frame later. */
const HARMLESS = /^(Error: )?ResizeObserver loop/;

let noted = $state.raw<readonly PageError[]>([]);
/** Whether it is still to be said; once it was put away, nothing more is. */
let open = $state(false);
let saidBefore = false;

const textOf = (thrown: unknown): string => {
  if (thrown instanceof Error) return `${thrown.name}: ${thrown.message}`;
  // An error of the contract that nobody caught.
  if (typeof thrown === "object" && thrown !== null && "message" in thrown) return String(thrown.message);
  return String(thrown);
};

export const defects = {
  /** All that were noted, newest last. */
  get all(): readonly PageError[] {
    return noted;
  },
  /** Whether one is to be said that nothing on the screen shows. */
  get unsaid(): boolean {
    return open;
  },
  /** Notes what was thrown at a place that shows it itself. */
  note(place: string, thrown: unknown): void {
    // For whoever has the tools open; it stays on this machine.
    console.error(place, thrown);
    noted = [...noted, { place, message: textOf(thrown), stack: thrown instanceof Error ? (thrown.stack ?? "") : "" }].slice(-KEPT);
  },
  putAway(): void {
    open = false;
  },
  /** Hears what nothing caught, for as long as the page lives. */
  listen(): () => void {
    const heard = (place: string, thrown: unknown) => {
      if (HARMLESS.test(textOf(thrown))) return;
      defects.note(place, thrown);
      open = open || !saidBefore;
      saidBefore = true;
    };
    const error = (e: ErrorEvent) => heard("page", e.error ?? e.message);
    const rejection = (e: PromiseRejectionEvent) => heard("promise", e.reason);
    window.addEventListener("error", error);
    window.addEventListener("unhandledrejection", rejection);
    return () => {
      window.removeEventListener("error", error);
      window.removeEventListener("unhandledrejection", rejection);
    };
  },
};
