// What was done that cannot be seen, said for a moment. Nothing that anybody must have read: that is a notice.

const SHOWN_MS = 3000;
let said = $state.raw<{ text: string; done: boolean } | undefined>();
let timer: ReturnType<typeof setTimeout> | undefined;

export const toast = {
  get text(): string {
    return said?.text ?? "";
  },
  /** Whether it was done; if not, `text` says that it was not. */
  get done(): boolean {
    return said?.done ?? true;
  },
  say(text: string, done = true): void {
    clearTimeout(timer);
    said = { text, done };
    timer = setTimeout(() => (said = undefined), SHOWN_MS);
  },
};
