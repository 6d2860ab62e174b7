// The Regions shown; the profiles shown are the backend's to keep. An empty list is every Region of those profiles.

import { viewState } from "$/platform";

const state = () => viewState("scope", { regions: [] as string[] });

export const scope = {
  get regions(): string[] {
    return state().regions;
  },
  set regions(regions: string[]) {
    state().regions = regions;
  },
};
