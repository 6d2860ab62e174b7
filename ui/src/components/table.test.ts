import { expect, test } from "vitest";
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
