// Goes to another stack beside the same tree, or to whatever a stack hangs together with.

import type { StackBrief } from "$/gen/api";
import { openThing } from "../palette/open";
import { keptStacks } from "./kept";
import { STACK } from "./tree";

/** Opens a stack by the id of its row; the tree stays as it is. */
export const openStack = (id: string): void => void (keptStacks().open = id);

export const openBrief = (to: StackBrief): void => (to.kind === STACK ? openStack(to.id) : openThing(to));
