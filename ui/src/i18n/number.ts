// Figures, the same in English and Korean.

/** `1000`, `10,000`: grouped from five figures on. */
export const number = (n: number): string => (Number.isInteger(n) && n >= 10_000 ? String(n).replace(/\B(?=(\d{3})+$)/g, ",") : String(n));
