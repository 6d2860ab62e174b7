// Rows as a table of text, for a spreadsheet. Pure.

/** A column: its head, and the text of its cell. */
export type Cells<T> = readonly (readonly [head: string, cell: (row: T) => string | null | undefined])[];

/** A cell that a spreadsheet would take for a formula is text: names come from AWS, and who names a thing `=…` may be anybody. */
const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const line = (texts: string[]) => `${texts.map((text) => quoted(harmless(text))).join(",")}\r\n`;

export const csvHead = <T>(cells: Cells<T>): string => line(cells.map(([head]) => head));

export const csvLines = <T>(cells: Cells<T>, rows: readonly T[]): string => rows.map((row) => line(cells.map(([, cell]) => cell(row) ?? ""))).join("");

/** RFC 4180, with a head. */
export const csv = <T>(cells: Cells<T>, rows: readonly T[]): string => csvHead(cells) + csvLines(cells, rows);
