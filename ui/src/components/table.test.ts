import { expect, test } from "vitest";
import { TEXTS } from "$/platform/fixtures/hostile";
import { csv, type Cells } from "./table";

interface Row {
  name: string;
  note: string | null;
}
const cells: Cells<Row> = [
  ["Name", (r) => r.name],
  ["Note", (r) => r.note],
];

test("a table for a spreadsheet: quoted where it must be, blank where there is nothing", () => {
  expect(csv(cells, [{ name: "web, api", note: 'say "no"' }, { name: "결제", note: null }, { name: "two\nlines", note: "" }])).toBe(
    'Name,Note\r\n"web, api","say ""no"""\r\n결제,\r\n"two\nlines",\r\n',
  );
});

test.each(["=cmd|' /C calc'!A0", "+1", "-2", "@x", "\tx", "\rx"])("%j is no formula", (name) => {
  const cell = csv(cells, [{ name, note: "" }]).split("\r\n")[1] ?? "";
  expect(cell.replace(/^"/, "").startsWith("'")).toBe(true);
});

test("of hostile text none begins as a formula, and all of it is one cell", () => {
  for (const name of TEXTS) {
    const [, ...lines] = csv(cells, [{ name, note: "end" }]).split("\r\n");
    const line = lines.join("\r\n").trimEnd();
    expect(line.endsWith(",end")).toBe(true);
    const cell = line.slice(0, -",end".length);
    const read = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
    expect(read).not.toMatch(/^[=+\-@\t\r]/);
    expect(read.replace(/^'(?=[=+\-@\t\r])/, "")).toBe(name);
  }
});
