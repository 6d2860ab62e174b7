// What the UI asks of whatever it runs in. Three hosts: the window (tauri.ts), the browser (browser.ts), and typed fixtures
// (fixtures/). Nothing outside src/platform knows which one it is.

import type { ApiError, Calls, Event } from "$/gen/api";

export type CallName = keyof Calls;
/** Parameters of a call. What the backend has a default for may be left out. */
export type Params<K extends CallName> = Partial<Calls[K]["params"]>;
export type Answer<K extends CallName> = Calls[K]["answer"];

/** A thing that is to be opened, as whoever asks knows it. */
export interface Outside {
  id: string;
  kind: string;
  name: string;
}

export interface Host {
  /** What it is, for a report. */
  kind: "window" | "browser" | "fixtures";
  /** Starts the demo world in place of this, where that can be done from here. */
  demo: (() => Promise<void>) | undefined;
  /** Makes one call of the contract. Rejects with an `ApiError`. */
  call<K extends CallName>(name: K, params: Params<K>): Promise<Answer<K>>;
  /** Hears which tags changed. Returns what stops it. */
  events(heard: (event: Event) => void): () => void;
  /** Hears that a thing is to be opened, asked for from outside the page: a notification, the tray, a link. None: the board. `unknown`: a link
   * to what is not here. */
  opens(heard: (thing: Outside | null) => void, unknown: (arn: string) => void): () => void;
  /** Opens an https link outside; the shell has the last word on which. */
  openLink(url: string): void;
  /** Saves a text under that name, where the user says. Where it is then; none if they thought better of it. */
  save(name: string, text: string): Promise<string | null>;
  /** Says, once, that something worth showing is on the screen. */
  painted(): void;
  /** Instant of the machine's clock in milliseconds; fixtures stand still. */
  clock(): number;
}

/** An error as the contract has it, whatever was thrown. */
export function toApiError(thrown: unknown): ApiError {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown) return thrown as ApiError;
  return { code: "internal", message: thrown instanceof Error ? thrown.message : String(thrown), info: null };
}
