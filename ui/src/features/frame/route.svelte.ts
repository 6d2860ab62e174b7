// Where the user is: the view. What is selected in it belongs to the view's own state.

import { viewState } from "$/platform";

export interface Route {
  view: string;
}

let route: Route | undefined;

/** Made once, after the settings are loaded. */
export function useRoute(): Route {
  route ??= viewState<Route>("frame", { view: "board" });
  return route;
}
