// What floats over a view: one at a time. Each is a component of its own, mounted in Overlays.svelte; its props are here.

import { registry } from "$/commands/registry.svelte";
import type { PipelineDetail, Profile, StackParameter, Verb } from "$/gen/api";

/** What of a stack can be chosen in the plan of one of its verbs. */
export interface StackChoices {
  parameters: readonly StackParameter[];
  /** Logical ids of what failed in the rollback; none if its resources were not read. */
  stuck: readonly string[] | null;
}

interface Overlay {
  help: Record<string, never>;
  palette: Record<string, never>;
  profiles: Record<string, never>;
  report: Record<string, never>;
  wall: Record<string, never>;
  export: Record<string, never>;
  import: Record<string, never>;
  reset: Record<string, never>;
  /** `target`: chosen on the way here, by the user. */
  action: { verb: Verb; profile: Profile; name: string; region: string; detail?: PipelineDetail; stack?: StackChoices; target?: string };
}

export type OverlayName = keyof Overlay;

/** Their components, which come once the page is on the screen. */
export const overlays = {
  help: () => import("./Help.svelte"),
  palette: () => import("../palette/Palette.svelte"),
  profiles: () => import("../profiles/Switcher.svelte"),
  report: () => import("../report/Report.svelte"),
  wall: () => import("../wall/Wall.svelte"),
  export: () => import("../settings/ExportSheet.svelte"),
  import: () => import("../settings/ImportSheet.svelte"),
  reset: () => import("../settings/ResetSheet.svelte"),
  action: () => import("../action/ActionDrawer.svelte"),
} as const;

type Open = { [N in OverlayName]: { name: N; props: Overlay[N] } }[OverlayName];

let open = $state.raw<Open | undefined>();

export const overlay = {
  get open() {
    return open;
  },
  show<N extends OverlayName>(name: N, props: Overlay[N]): void {
    // The pair is of one overlay by the signature; the union cannot tell.
    open = { name, props } as Open;
    registry.cover(true);
  },
  close(): void {
    open = undefined;
    registry.cover(false);
  },
};
