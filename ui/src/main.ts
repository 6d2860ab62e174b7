// Start: which host, what it knows, then the frame. The theme stands before anything is painted.

import "./styles/index.css";
import { mount, unmount } from "svelte";
import type { Boot } from "./gen/api";
import Frame from "./features/frame/Frame.svelte";
import Refused from "./features/frame/Refused.svelte";
import { useRoute } from "./features/frame/route.svelte";
import { viewOf } from "./features/views";
import { i18n, learnKorean } from "./i18n/index.svelte";
import { clock, host, setHost, settings, toApiError } from "./platform";
import { chooseHost } from "./platform/choose";

// What the first frame is written in is loaded while it is put together: text that comes later than its row is drawn
// twice, and laid out in whatever font the system has until then.
const fonts = Promise.all(["500 13px Inter", '11px "JetBrains Mono"'].map((font) => document.fonts.load(font))).catch(() => undefined);

/** When Korean is fetched where it is not spoken, so that switching to it finds it there. */
const KOREAN_MS = 500;

/** The first start of a home: until its user went on, which is when this ends. */
async function welcomed(): Promise<void> {
  const { default: Welcome } = await import("./features/welcome/Welcome.svelte");
  await new Promise<void>((go) => {
    const welcome = mount(Welcome, { target: document.body, props: { go: () => void unmount(welcome).then(go) } });
    host().painted();
    void learnKorean();
  });
}

// A function, since what is imported on the way is itself evaluated only once this file is.
async function start(): Promise<void> {
  setHost(await chooseHost());
  let boot: Boot;
  try {
    boot = await host().call("boot", {});
    settings.load(boot.settings);
    viewOf(useRoute()).ahead?.();
    if (i18n.chosen === "ko") await learnKorean();
    clock.set(boot.now);
    clock.start();
  } catch (thrown) {
    mount(Refused, { target: document.body, props: { error: toApiError(thrown) } });
    host().painted();
    void learnKorean();
    return;
  }
  if (boot.first) await welcomed();
  // Put together aside and shown once it has what to show, so that a frame without rows is not laid out and drawn first.
  const page = document.createElement("div");
  const show = async () => {
    await fonts;
    document.body.append(page);
    if (i18n.language === "en") setTimeout(() => void learnKorean(), KOREAN_MS);
  };
  mount(Frame, { target: page, props: { boot, show } });
}

void start();
