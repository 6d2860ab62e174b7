// Every command, declared once: from here come the shortcuts, the help overlay and the palette. What one does is
// registered by the component that can do it, while it is there (registry.svelte.ts).
// A key is a KeyboardEvent.key, `Mod+k` with Ctrl or ⌘, or a sequence `g b`. Tests keep them free of conflict.

import { m } from "$/gen/messages";

/** Where a command's keys are heard. `overlay`: something floats over the view, and only its own keys and global ones count. */
export type Where = "global" | "view" | "overlay";

export interface Command {
  id: string;
  where: Where;
  keys: readonly string[];
  title: () => string;
  /** Short name in the status bar, for the few that are shown there. */
  hint?: () => string;
}

const command = <I extends string>(id: I, where: Where, keys: readonly string[], title: () => string, hint?: () => string) => ({ id, where, keys, title, hint });

/** The parts of the help, in order, by what a command's id begins with; the rest stands in the last. */
export const SECTIONS = [
  ["list", m.command.section.list],
  ["detail", m.command.section.detail],
  ["act", m.command.section.act],
  ["go", m.command.section.go],
  ["", m.command.section.window],
] as const;

export const sectionOf = (id: string): string => SECTIONS.find(([start]) => id.startsWith(`${start}.`))?.[0] ?? "";

export const commands = [
  command("list.next", "view", ["j", "ArrowDown"], m.command.listNext, m.command.hint.move),
  command("list.previous", "view", ["k", "ArrowUp"], m.command.listPrevious, m.command.hint.move),
  command("list.open", "view", ["Enter"], m.command.listOpen, m.command.hint.open),
  command("list.select", "view", ["x"], m.command.listSelect),
  command("list.fold", "view", ["ArrowLeft"], m.command.fold),
  command("list.unfold", "view", ["ArrowRight"], m.command.unfold),
  command("list.filter", "view", ["/"], m.command.listFilter, m.command.hint.filter),
  command("list.order", "view", ["s"], m.command.listOrder),
  command("list.views", "view", ["v"], m.command.listViews),
  command("list.copy-csv", "view", [], m.command.copyCsv),
  command("list.copy-json", "view", [], m.command.copyJson),
  command("list.save-csv", "view", [], m.command.saveCsv),
  command("list.save-json", "view", [], m.command.saveJson),
  command("list.copy-arns", "view", [], m.command.copyArns),
  command("back", "view", ["Escape"], m.command.back),
  command("detail.mark-bad", "view", ["b"], m.command.markBad),
  command("detail.compare", "view", ["c"], m.command.compare),
  command("detail.raw", "view", ["r"], m.command.raw),
  command("detail.copy-arn", "view", ["y"], m.command.copyArn),
  command("detail.copy-link", "view", ["Y"], m.command.copyLink),
  command("detail.console", "view", ["o"], m.command.console),
  command("go.board", "view", ["g b", "g p"], m.command.goBoard),
  command("go.approvals", "view", ["g a"], m.command.goApprovals),
  command("go.builds", "view", ["g u"], m.command.goBuilds),
  command("go.repositories", "view", ["g r"], m.command.goRepositories),
  command("go.stacks", "view", ["g k"], m.command.goStacks),
  command("go.freshness", "view", ["g f"], m.command.goFreshness),
  command("go.ledger", "view", ["g l"], m.command.goLedger),
  command("go.settings", "view", ["g s"], m.command.goSettings),
  // What can be done with the thing whose detail is open; each opens its plan, and none acts.
  command("act.start", "view", [], m.action.label.start),
  command("act.retry", "view", [], m.action.label.retry),
  command("act.stop", "view", [], m.action.label.stop),
  command("act.rollback", "view", [], m.action.label.rollback),
  command("act.approve", "view", [], m.action.label.approve),
  command("act.reject", "view", [], m.action.label.reject),
  command("act.create-change-set", "view", [], m.action.label["create-change-set"]),
  command("act.revert", "view", [], m.action.label.revert),
  command("act.execute", "view", [], m.action.label.execute),
  command("act.discard", "view", [], m.action.label.discard),
  command("act.detect-drift", "view", [], m.action.label["detect-drift"]),
  command("act.cancel", "view", [], m.action.label.cancel),
  command("act.continue", "view", [], m.action.label.continue),
  command("palette", "global", ["Mod+k"], m.command.palette, m.command.hint.palette),
  command("profiles", "global", ["Mod+p"], m.command.profiles),
  command("overlay.close", "overlay", ["Escape"], m.command.overlayClose),
  command("refresh", "global", ["Mod+r"], m.command.refresh),
  command("report", "global", [], m.command.report),
  command("theme.next", "global", ["Mod+Shift+l"], m.command.theme),
  command("language.next", "global", ["Mod+Shift+k"], m.command.language),
  command("wall", "global", ["Mod+Shift+f", "F11"], m.command.wall),
  command("help", "view", ["?"], m.command.help, m.command.hint.help),
] as const satisfies readonly Command[];

export type CommandId = (typeof commands)[number]["id"];
