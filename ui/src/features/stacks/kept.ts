// The view of stacks as it was left, kept over a restart.

import { viewState } from "$/platform";
import type { Part } from "./tree";

interface Kept {
  part: Part;
  text: string;
  /** Groups and stacks that are not folded as they are at first. */
  turned: string[];
  /** Id of the row whose detail is open: a stack, a stack set, or a change set, which is shown in its stack. */
  open: string | null;
}

export const STATE = "list.stacks";
export const keptStacks = (): Kept => viewState(STATE, { part: "tree", text: "", turned: [], open: null });

const PARTS: readonly string[] = ["tree", "problems", "drifted"] satisfies Part[];
/** What was kept by another version may name a part that is none. */
export const partOf = (word: string): Part => (PARTS.includes(word) ? (word as Part) : "tree");
