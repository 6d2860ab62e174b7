// What was done that cannot be seen, said for a moment. Nothing that anybody must have read: that is a notice.

const SHOWN_MS = 3000;
/** What is longer is read longer. */
const LETTER_MS = 60;
let said = $state.raw<{ text: string; done: boolean; stop?: () => void } | undefined>();
let timer: ReturnType<typeof setTimeout> | undefined;

export const toast = {
  get text(): string {
    return said?.text ?? "";
  },
  /** Whether it was done; if not, `text` says that it was not. */
  get done(): boolean {
    return said?.done ?? true;
  },
  /** What stops what is under way. */
  get stop(): (() => void) | undefined {
    return said?.stop;
  },
  /** With `stop`: something is under way, and this stands until the next thing is said. */
  say(text: string, done = true, stop?: () => void): void {
    clearTimeout(timer);
    said = { text, done, ...(stop && { stop }) };
    if (!stop) timer = setTimeout(() => (said = undefined), Math.max(SHOWN_MS, text.length * LETTER_MS));
  },
};
