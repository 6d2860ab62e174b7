// The one door to the platform: everything else imports from here.

export { host, setHost } from "./current";
export type { Answer, CallName, Host, Outside, Params } from "./host";
export { toApiError } from "./host";
export { clock } from "./clock.svelte";
export { query, cache, type Query } from "./query.svelte";
export { presetView, settings, viewState } from "./settings.svelte";
export { copyText } from "./clipboard";
export { defects } from "./defects.svelte";
export { saveFile } from "./save";
export { openLink, isHttps } from "./links";
