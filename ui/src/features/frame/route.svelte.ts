// Where the user is: the view. What is selected in it belongs to the view's own state.

import { viewState } from "$/platform";

export interface Route {
  view: string;
}

/** The one there is, once the settings are loaded. */
export const useRoute = (): Route => viewState<Route>("frame", { view: "board" });
