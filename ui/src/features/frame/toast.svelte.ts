// What was done that cannot be seen, said for a moment. Nothing that anybody must have read: that is a notice.

const SHOWN_MS = 3000;
let said = $state.raw<{ text: string } | undefined>();
let timer: ReturnType<typeof setTimeout> | undefined;

export const toast = {
  get text(): string {
    return said?.text ?? "";
  },
  say(text: string): void {
    clearTimeout(timer);
    said = { text };
    timer = setTimeout(() => (said = undefined), SHOWN_MS);
  },
};
