// What jsdom lacks and the components use; each as a browser that shows nothing would have it.

import { vi } from "vitest";
import { learnKorean } from "$/i18n/index.svelte";

// Tests change the language in one step.
await learnKorean();

vi.stubGlobal(
  "ResizeObserver",
  class {
    observe = (): void => undefined;
    unobserve = (): void => undefined;
    disconnect = (): void => undefined;
  },
);
// A tall window, so that what is tested is in sight.
vi.stubGlobal("innerHeight", 2400);
vi.stubGlobal("matchMedia", () => ({ matches: true, addEventListener: () => undefined, removeEventListener: () => undefined }));
vi.stubGlobal("CSS", { escape: (s: string) => s.replace(/["\\]/g, "\\$&") });
Element.prototype.scrollIntoView ??= () => undefined;
Element.prototype.getAnimations ??= () => [];
HTMLCanvasElement.prototype.getContext = () => null;
