// Saving a text as a file. The page suggests a name and never a path; where it goes is the user's word: the shell asks by
// the system's dialog and refuses names that are none (src-tauri/src/save.rs), a browser downloads.

import { host } from "./current";

/** Kinds that are saved; the shell knows the same. */
export type FileName = `${string}.${"csv" | "json" | "md" | "txt"}`;

/** Where it was saved, to say; `undefined` if the user thought better of it. Rejects with an `ApiError`. */
export async function saveFile(name: FileName, text: string): Promise<string | undefined> {
  return (await host().save(name, text)) ?? undefined;
}
