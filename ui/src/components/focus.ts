// Where the keyboard goes when something opens.

/** Attached to what opens: its first control has the focus. */
export const focusFirst = (node: HTMLElement): void => node.querySelector<HTMLElement>("input:checked, input, button")?.focus();
