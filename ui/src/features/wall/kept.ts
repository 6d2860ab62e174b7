// Whether the board stands on a big screen, kept over a restart. Apart, so that the window knows it before the wall is loaded.

import { viewState } from "$/platform";

export const keptWall = (): { on: boolean } => viewState("wall", { on: false });
