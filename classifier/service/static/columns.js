// Columns of a table: those that a person names, the headlines', and those that the server tells when one is missing.

import { element, find, refill } from "./elements.js";
import { decoded } from "./encodings.js";

const FIELDS = { text_column: "text-column", title_column: "title-column" }; // parameters of the server; empty: its usual names
const TITLE = "(title|headline|заголовок)"; // names of columns of headlines that the server knows
const NAMES = 1 << 16; // bytes at either end of a file, in which they are looked for
const PLACES = {
  csv: new RegExp(`^(?:.*[,;\\t"])?${TITLE}(?:[,;\\t"]|\\s*$)`, "im"), // in the first line
  jsonl: new RegExp(`"${TITLE}"\\s*:`, "i"),
  parquet: new RegExp(TITLE, "i"),
};
const MISSING = /no column (['"])(.*)\1 \(there are: (.*)\)(; name yours)?/; // as `missing_column` says it
const MORE = / and [\d,]+ more$/; // columns that it does not list

const written = (id) => find(id).value.trim();
export const titleField = () => written(FIELDS.title_column);
export const keptColumns = () => written("keep").split(/[,;]/).map((column) => column.trim()).filter(Boolean);

export function startColumns(changed) {
  for (const id of Object.values(FIELDS)) find(id).addEventListener("change", changed);
}

// Add the columns that a person names to the parameters of a request.
export function addColumns(parameters) {
  for (const [parameter, id] of Object.entries(FIELDS)) if (written(id)) parameters.set(parameter, written(id));
}

// The column that may have the headlines, undefined if there is none. CSV names its columns in the first line, JSON lines
// in each, Parquet at the end; a workbook is compressed, and only the server can tell.
export async function titleColumn(file, kind) {
  if (titleField()) return titleField();
  if (kind === "xlsx") return "title";
  const part = kind === "parquet" ? file.slice(-NAMES) : file.slice(0, NAMES);
  const bytes = new Uint8Array(await part.arrayBuffer());
  const text = kind === "parquet" ? new TextDecoder().decode(bytes) : decoded(bytes, true).text;
  return (kind === "csv" ? text.trimStart().split(/[\r\n]/, 1)[0] : text).match(PLACES[kind])?.[1];
}

// The column that a refusal misses, and those that the table has; null if it is about something else.
export function missing(error) {
  const [, , column, list, isText] = error.message.match(MISSING) ?? [];
  if (!column) return null;
  return { column, list: list.replace(MORE, ", …"), columns: list.replace(MORE, "").split(", "), isText: Boolean(isText) };
}

// Have the fields offer the columns that the table has.
export function offer(columns) {
  refill(find("columns"), ...columns.map((value) => element("option", { value })));
}

export const titleAmong = (columns) => columns.find((column) => new RegExp(`^${TITLE}$`, "i").test(column));
