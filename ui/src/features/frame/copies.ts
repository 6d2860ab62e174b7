// Commands that copy: the rows that are shown, and the thing whose detail is open.

import { useCommands } from "$/commands/registry.svelte";
import { csv, type Cells } from "$/components/table";
import { m } from "$/gen/messages";
import { count } from "$/i18n/format";
import { copyText, openLink } from "$/platform";
import type { Count } from "$/gen/api";
import { toast } from "./toast.svelte";

async function copy(text: string, done: string): Promise<void> {
  const copied = await copyText(text);
  toast.say(copied ? done : m.copy.failed(), copied);
}

/** Copies the rows of a list as they are shown; says so if there are more than those. `cells` is asked then, in the language of the screen. */
export function useRowCopies<T>(cells: () => Cells<T>, rows: () => readonly T[], all: () => Count): void {
  const done = () => {
    const n = rows().length;
    return n < all().n || !all().exact ? m.copy.someRows({ n, all: count(all()) }) : m.copy.rows({ n });
  };
  useCommands({
    "list.copy-csv": () => void copy(csv(cells(), rows()), done()),
    "list.copy-json": () => void copy(JSON.stringify(rows(), null, 2), done()),
  });
}

/** Copies the ARN of the thing whose detail is open, and opens it in AWS's console. */
export function useThingCopies(thing: () => { arn: string | null; console_url: string | null } | undefined): void {
  useCommands(() => {
    const { arn, console_url: url } = thing() ?? { arn: null, console_url: null };
    return { ...(arn && { "detail.copy-arn": () => void copy(arn, m.copy.arn()) }), ...(url && { "detail.console": () => openLink(url) }) };
  });
}
