// What floats over a view: one at a time. Each is a component of its own, mounted in Overlays.svelte; its props are here.

import { registry } from "$/commands/registry.svelte";
import type { PipelineDetail, Profile, Verb } from "$/gen/api";

interface Overlay {
  help: Record<string, never>;
  palette: Record<string, never>;
  profiles: Record<string, never>;
  report: Record<string, never>;
  wall: Record<string, never>;
  export: Record<string, never>;
  import: Record<string, never>;
  reset: Record<string, never>;
  action: { verb: Verb; profile: Profile; name: string; region: string; detail?: PipelineDetail };
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
