// The views of the rail, in order. A view is one line here, a component in its own folder, and a command to go to it.
// What comes with a later service is absent until then.

import type { Component } from "svelte";
import BookOpenCheck from "@lucide/svelte/icons/book-open-check";
import FolderGit from "@lucide/svelte/icons/folder-git-2";
import Gauge from "@lucide/svelte/icons/gauge";
import Hammer from "@lucide/svelte/icons/hammer";
import Layers from "@lucide/svelte/icons/layers";
import LayoutList from "@lucide/svelte/icons/layout-list";
import Cog from "@lucide/svelte/icons/settings";
import Stamp from "@lucide/svelte/icons/stamp";
import type { Count } from "$/gen/api";
import type { CommandId } from "$/commands/list";
import { m } from "$/gen/messages";
import { boardAhead } from "./board/ask.svelte";
import Board from "./board/Board.svelte";
import type { Counts } from "./frame/counts.svelte";

export interface View {
  id: string;
  title: () => string;
  icon: Component<{ class?: string }>;
  /** Its component. Only the board's comes with the page; the others follow once that is on the screen. */
  load: () => Promise<{ default: Component }>;
  /** Command that goes there. */
  go: CommandId;
  /** Number beside the name; loud ones are red and stay when the rail is narrow. */
  count?: (counts: Counts) => { count: Count; loud: boolean } | undefined;
  /** Stands at the foot of the rail. */
  foot?: boolean;
  /** Asks for what it shows before it is there. */
  ahead?: () => void;
}

const board: View = {
  id: "board",
  title: m.board.title,
  icon: LayoutList,
  load: () => Promise.resolve({ default: Board }),
  go: "go.board",
  count: (c) => c.failed && { count: c.failed, loud: true },
  ahead: boardAhead,
};

export const views: readonly View[] = [
  board,
  {
    id: "approvals",
    title: m.approvals.title,
    icon: Stamp,
    load: () => import("./approvals/Approvals.svelte"),
    go: "go.approvals",
    count: (c) => c.waiting && { count: c.waiting, loud: false },
  },
  { id: "builds", title: m.builds.title, icon: Hammer, load: () => import("./builds/Builds.svelte"), go: "go.builds" },
  { id: "repositories", title: m.repositories.title, icon: FolderGit, load: () => import("./repositories/Repositories.svelte"), go: "go.repositories" },
  { id: "stacks", title: m.stacks.title, icon: Layers, load: () => import("./stacks/Stacks.svelte"), go: "go.stacks" },
  { id: "freshness", title: m.freshness.title, icon: Gauge, load: () => import("./freshness/Freshness.svelte"), go: "go.freshness", foot: true },
  { id: "ledger", title: m.ledger.title, icon: BookOpenCheck, load: () => import("./ledger/Ledger.svelte"), go: "go.ledger", foot: true },
  { id: "settings", title: m.settings.title, icon: Cog, load: () => import("./settings/Settings.svelte"), go: "go.settings", foot: true },
];

/** The view of a route; the board if there is none of that name (any more). */
export const viewOf = (route: { view: string }): View => views.find((v) => v.id === route.view) ?? board;
