// What floats over a view: one at a time. Each is a component of its own, listed in Overlays.svelte with its props here.

interface Overlay {
  help: Record<string, never>;
}

export type OverlayName = keyof Overlay;

let open = $state.raw<{ [N in OverlayName]: { name: N; props: Overlay[N] } }[OverlayName] | undefined>();

export const overlay = {
  get open() {
    return open;
  },
  show<N extends OverlayName>(name: N, props: Overlay[N]): void {
    open = { name, props };
  },
  close(): void {
    open = undefined;
  },
};
