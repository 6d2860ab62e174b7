// Commands that copy and save: the rows that are shown, and the thing whose detail is open.

import { useCommands } from "$/commands/registry.svelte";
import { csv, type Cells } from "$/components/table";
import { m } from "$/gen/messages";
import { count } from "$/i18n/format";
import { copyText, openLink } from "$/platform";
import type { Count } from "$/gen/api";
import type { Every } from "./save";
import { toast } from "./toast.svelte";

async function copy(text: string, done: string): Promise<void> {
  const copied = await copyText(text);
  toast.say(copied ? done : m.copy.failed(), copied);
}

/**
 * Copies the rows of a list as they are shown: the selected ones, where there are some, else all that are loaded, saying
 * so if there are more than those. `cells` is asked then, in the language of the screen. Saved as a file are all that fit, `every` of them; `list` is its name.
 */
export function useRowCopies<T extends { arn: string | null }>(list: string, cells: () => Cells<T>, rows: () => readonly T[], all: () => Count, every: Every<T>, selected: () => readonly T[] = () => []): void {
  const wanted = () => (selected().length > 0 ? selected() : rows());
  const done = () => {
    const n = wanted().length;
    if (selected().length > 0) return m.copy.selected({ n });
    return n < all().n || !all().exact ? m.copy.someRows({ n, all: count(all()) }) : m.copy.rows({ n });
  };
  const copyArns = () => {
    const arns = wanted().flatMap((row) => row.arn ?? []);
    void copy(arns.join("\n"), m.copy.arns({ n: arns.length }));
  };
  const save = (kind: "csv" | "json") => void import("./save").then(({ saveRows }) => saveRows({ list, kind, cells: cells(), selected: selected(), every }));
  useCommands({
    "list.save-csv": () => save("csv"),
    "list.save-json": () => save("json"),
    "list.copy-csv": () => void copy(csv(cells(), wanted()), done()),
    "list.copy-json": () => void copy(JSON.stringify(wanted(), null, 2), done()),
    "list.copy-arns": copyArns,
  });
}

/** Copies the ARN of the thing whose detail is open, and a link that opens it, and opens it in AWS's console. */
export function useThingCopies(thing: () => { arn: string | null; console_url: string | null } | undefined): void {
  useCommands(() => {
    const { arn, console_url: url } = thing() ?? { arn: null, console_url: null };
    return { ...(arn && { "detail.copy-arn": () => void copy(arn, m.copy.arn()), "detail.copy-link": () => void copy(`skydeck://open?arn=${encodeURIComponent(arn)}`, m.copy.link()) }), ...(url && { "detail.console": () => openLink(url) }) };
  });
}
