// What commands do, registered by components while they are there; the last registered wins, so that what opened last
// takes Escape. A button for a command shows only if `can` says that something answers to it.

import { onMount, untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import { keyOf, meaning, together } from "./keys";
import { commands, type Command, type CommandId } from "./list";

type Body = () => void;

const SEQUENCE_MS = 900;
const bodies = new SvelteMap<CommandId, Body[]>();
let overlays = $state(0);
let covered = $state(false);

export const registry = {
  can: (id: CommandId): boolean => (bodies.get(id)?.length ?? 0) > 0,
  run(id: CommandId): boolean {
    const body = bodies.get(id)?.at(-1);
    body?.();
    return body !== undefined;
  },
  /** Whether something floats over the view. */
  get overlaid(): boolean {
    return overlays > 0 || covered;
  },
  /** Something is about to float over the view: its keys rest from now on, though the component may still have to come. */
  cover(on: boolean): void {
    covered = on;
  },
  /** Commands whose keys count now. */
  heard: (): Command[] => commands.filter((c) => together(c.where, registry.overlaid ? "overlay" : "view") && registry.can(c.id)),
};

function add(id: CommandId, body: Body): () => void {
  bodies.set(id, [...(bodies.get(id) ?? []), body]);
  return () => void bodies.set(id, (bodies.get(id) ?? []).filter((b) => b !== body));
}

export type Offered = Partial<Record<CommandId, Body>>;

/** Registers what a component can do, for as long as it is mounted. Where that changes with what it shows: as a function. */
export function useCommands(offered: Offered | (() => Offered)): void {
  $effect(() => {
    const now = typeof offered === "function" ? offered() : offered;
    const removed = untrack(() => Object.entries(now).map(([id, body]) => add(id as CommandId, body)));
    return () => untrack(() => removed.forEach((remove) => remove()));
  });
}

/** For a component that floats over the view: it closes by Escape, and the view's keys rest meanwhile. */
export function useOverlay(close: Body): void {
  onMount(() => {
    overlays += 1;
    const remove = add("overlay.close", close);
    return () => {
      overlays -= 1;
      remove();
    };
  });
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));

/** Listens to the keyboard of the whole page. */
export function listen(): () => void {
  let pressed: string[] = [];
  let at = 0;
  const heard = (e: KeyboardEvent) => {
    if (e.defaultPrevented || e.isComposing || ["Control", "Shift", "Alt", "Meta"].includes(e.key)) return;
    const key = keyOf(e);
    // While typing, only Escape and keys with Ctrl or ⌘ are commands; on a button, Enter is the button's.
    if (typing(e.target) && key !== "Escape" && !key.startsWith("Mod+")) return;
    if (key === "Enter" && e.target instanceof HTMLElement && e.target.matches("button, a, [role=button], [role=link], [role=tab]")) return;
    if (e.timeStamp - at > SEQUENCE_MS) pressed = [];
    at = e.timeStamp;
    pressed = [...pressed, key];
    let found = meaning(pressed, registry.heard());
    if (found === "nothing" && pressed.length > 1) {
      pressed = [key];
      found = meaning(pressed, registry.heard());
    }
    if (found === "more") return e.preventDefault();
    pressed = [];
    if (found !== "nothing" && registry.run(found.command.id as CommandId)) e.preventDefault();
  };
  window.addEventListener("keydown", heard);
  return () => window.removeEventListener("keydown", heard);
}
