// The views of the rail, in order. A view is one line here, a component in its own folder, and a command to go to it.
// What comes with a later service is absent until then.

import type { Component } from "svelte";
import LayoutList from "@lucide/svelte/icons/layout-list";
import type { Count } from "$/gen/api";
import type { CommandId } from "$/commands/list";
import { m } from "$/gen/messages";
import Board from "./board/Board.svelte";
import type { Counts } from "./frame/counts.svelte";

export interface View {
  id: string;
  title: () => string;
  icon: Component<{ class?: string }>;
  component: Component;
  /** Command that goes there. */
  go: CommandId;
  /** Number beside the name; loud ones are red and stay when the rail is narrow. */
  count?: (counts: Counts) => { count: Count; loud: boolean } | undefined;
  /** Stands at the foot of the rail. */
  foot?: boolean;
}

export const views: readonly View[] = [
  {
    id: "board",
    title: m.board.title,
    icon: LayoutList,
    component: Board,
    go: "go.board",
    count: (c) => c.failed && { count: c.failed, loud: true },
  },
];
