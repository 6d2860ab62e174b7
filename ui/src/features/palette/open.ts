// Where a row of each kind is shown, and how one gets there.

import { registry } from "$/commands/registry.svelte";
import type { CommandId } from "$/commands/list";
import { kinds } from "$/gen/api";
import { m } from "$/gen/messages";
import { presetView, type Outside } from "$/platform";

interface Place {
  title: () => string;
  go: CommandId;
  /** State of which view, and what of it. */
  view?: string;
  state?: (thing: Outside) => Record<string, unknown>;
}

/** What an execution is called begins with its pipeline's name: `checkout-api/a91c07de…`. */
const pipelineOf = (thing: Outside) => ({ text: thing.name.split("/")[0] ?? "", segment: "all", open: null });
/** A stack, a stack set, or a change set, which is shown in its stack. */
const inTree = ({ id }: Outside) => ({ open: id, text: "", part: "tree" });
/** A build project's builds begin with its name. */
const named = (thing: Outside) => ({ text: thing.name, open: null });

/** Of every kind: one that has none does not compile. */
const PLACES: Record<(typeof kinds)[number], Place> = {
  "codepipeline.pipeline": { title: m.palette.kind.pipeline, go: "go.board", view: "board", state: ({ id }) => ({ open: id, text: "", segment: "all" }) },
  "codepipeline.execution": { title: m.palette.kind.execution, go: "go.board", view: "board", state: pipelineOf },
  "codepipeline.approval": { title: m.palette.kind.approval, go: "go.approvals" },
  "codebuild.build": { title: m.palette.kind.build, go: "go.builds", view: "list.builds", state: ({ id }) => ({ open: id, text: "" }) },
  "codebuild.project": { title: m.palette.kind.project, go: "go.builds", view: "list.builds", state: named },
  "cloudformation.stack": { title: m.palette.kind.stack, go: "go.stacks", view: "list.stacks", state: inTree },
  "cloudformation.change-set": { title: m.palette.kind.changeSet, go: "go.stacks", view: "list.stacks", state: inTree },
  "cloudformation.stack-set": { title: m.palette.kind.stackSet, go: "go.stacks", view: "list.stacks", state: inTree },
  "codecommit.repository": { title: m.palette.kind.repository, go: "go.repositories", view: "list.repositories", state: named },
};

/** Where a row of that kind is shown; none of a kind that this page does not know. */
export const placeOf = (kind: string): Place | undefined => (PLACES as Partial<Record<string, Place>>)[kind];

/** Goes to where it is shown, and opens it there. */
export function openThing(thing: Outside): void {
  const place = placeOf(thing.kind);
  if (!place) return;
  if (place.view && place.state) presetView(place.view, place.state(thing));
  registry.run(place.go);
}
