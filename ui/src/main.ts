// Start: which host, what it knows, then the frame. The theme stands before anything is painted.

import "./styles/index.css";
import { mount } from "svelte";
import type { Boot } from "./gen/api";
import Frame from "./features/frame/Frame.svelte";
import Refused from "./features/frame/Refused.svelte";
import { clock, host, setHost, settings, toApiError } from "./platform";
import { chooseHost } from "./platform/choose";

setHost(await chooseHost());
let boot: Boot | undefined;
try {
  boot = await host().call("boot", {});
  settings.load(boot.settings);
  clock.set(boot.now);
  clock.start();
} catch (thrown) {
  mount(Refused, { target: document.body, props: { error: toApiError(thrown) } });
  host().painted();
}
if (boot) mount(Frame, { target: document.body, props: { boot } });
