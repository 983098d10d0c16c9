// A table of articles: tagged with progress, a chart of its topics, and downloads.

import { maxBody, send, unlock } from "./client.js";
import { addColumns, keptColumns, missing, offer, startColumns, titleAmong, titleColumn, titleField } from "./columns.js";
import { bar, bdi, element, find, refill } from "./elements.js";
import { done, language, number, onLanguage, say, share } from "./language.js";
import { topicName } from "./names.js";
import { pieces } from "./pieces.js";

const KINDS = {
  csv: "text/csv",
  jsonl: "application/x-ndjson",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  parquet: "application/vnd.apache.parquet",
};
const SAME = { tsv: "csv", ndjson: "jsonl" }; // endings of the same kinds; the delimiter is told by the header
const FIRST = 10; // articles that are shown
const NAMELESS = /^articles\.\w+:\d+$/; // ids that the server makes where a table has none

let working = new AbortController();
let table = null; // { file, kind, articles, counts, none, notes, leftOut, why, first, title, isComplete }
let isRunning = false;
let kept = ""; // the column of headlines that the page has put into the field of columns to keep
let refused = null; // what went wrong
let said = () => ""; // by the status line

export function startTable() {
  find("stop").addEventListener("click", () => working.abort());
  const again = () => tag(table.file, table.kind);
  find("table-again").addEventListener("click", () => {
    unlock();
    again();
  });
  startColumns(again);
  for (const format of ["xlsx", "csv"]) find(`download-${format}`).addEventListener("click", () => download(format));
  onLanguage(draw);
}

export const endingOf = (name) => name.toLowerCase().split(".").at(-1);

// The kind of a table by the name of its file; undefined if it is none.
export function kindOf(name) {
  const ending = endingOf(name);
  if (Object.hasOwn(KINDS, ending)) return ending;
  return Object.hasOwn(SAME, ending) ? SAME[ending] : undefined;
}

// Tag a table and show its topics.
export async function tag(file, kind) {
  working.abort();
  table = { file, kind, articles: 0, counts: new Map(), none: 0, notes: new Map(), leftOut: 0, why: "", first: [], title: "", isComplete: false };
  find("table").hidden = false;
  draw();
  find("table-heading").focus();
  await doing(async (signal) => {
    let tagged = 0; // bytes
    table.title = await titleColumn(file, kind);
    for await (const piece of pieces(file, kind)) {
      const onSent = (sent) => progress((tagged + sent * piece.size) / file.size, sent === 1);
      const answer = await postPiece(piece, { signal, onSent });
      count(await answer.blob.text());
      table.leftOut += Number(answer.header("News-Topics-Left-Out"));
      // It names a line of the piece, which is that of the table in the first piece only.
      if (!tagged) table.why = decodeURIComponent(answer.header("News-Topics-Left-Out-First") ?? "");
      tagged = Math.min(tagged + piece.size, file.size); // pieces repeat the header
      progress(tagged / file.size, false);
      draw();
    }
    table.isComplete = true;
    said = counted;
    keepTitles();
  });
}

// A download without headlines tells people little: they are kept unless a person has written something else.
function keepTitles() {
  const field = find("keep");
  if (["", kept].includes(field.value.trim())) field.value = kept = table.title ?? "";
}

// Headlines are asked for until there are enough articles to show, where the table seems to have them.
async function postPiece(piece, events) {
  const options = new URLSearchParams({ to: "jsonl" });
  if (table.first.length === FIRST || !table.title) return post(piece, options, events);
  try {
    options.set("keep", table.title);
    return await post(piece, options, events);
  } catch (error) {
    const found = missing(error);
    if (found?.column !== table.title || found.isText || titleField()) throw error;
    table.title = titleAmong(found.columns);
    return postPiece(piece, events);
  }
}

async function post(body, options, events) {
  addColumns(options);
  try {
    return await send(`v1/predict-batch?${options}`, { body, type: KINDS[table.kind], onWait, ...events });
  } catch (error) {
    offer(missing(error)?.columns ?? []);
    throw error;
  } finally {
    said = atWork; // where the server was busy
  }
}

function count(lines) {
  for (const line of lines.split("\n").filter(Boolean)) {
    const article = JSON.parse(line);
    table.articles += 1;
    if (article.note) increase(table.notes, article.note);
    else if (!article.topics.length) table.none += 1;
    for (const topic of article.topics) increase(table.counts, topic);
    if (table.first.length < FIRST) table.first.push({ ...article, number: table.articles, title: article[table.title] });
  }
}

const increase = (counts, key) => counts.set(key, (counts.get(key) ?? 0) + 1);

// Tag the whole table into a file. The server writes it, as the command does.
async function download(format) {
  await doing(async (signal) => {
    const options = new URLSearchParams({ to: format, names: language });
    for (const column of keptColumns()) options.append("keep", column);
    const answer = await post(table.file, options, { signal, onSent: (sent) => progress(sent, sent === 1) });
    const address = URL.createObjectURL(format === "csv" ? forExcel(await answer.blob.text()) : answer.blob);
    const name = `${table.file.name.replace(/\.\w+$/, "")}-topics.${format}`;
    element("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    said = () => say("service_downloaded", { name });
  });
}

// CSV that a double click opens in Excel as it is: with a byte order mark, and with semicolons in Russian, because a
// Windows whose decimals have commas expects them. A field that has semicolons is put into quotes.
function forExcel(csv) {
  const field = (found) => (found === "," ? ";" : found.includes(";") && found[0] !== '"' ? `"${found}"` : found);
  return new Blob(["\ufeff", language === "ru" ? csv.replace(/"(?:[^"]|"")*"|[^,\n"]+|,/g, field) : csv], { type: KINDS.csv });
}

// Do something that takes time, which can be stopped; tell how it ends.
async function doing(act) {
  working.abort();
  const own = (working = new AbortController());
  refused = null;
  find("progress").hidden = find("stop").hidden = false;
  progress(0, false);
  isRunning = true;
  said = atWork;
  draw();
  try {
    await act(own.signal);
  } catch (error) {
    if (own !== working) return;
    said = error.name === "AbortError" ? () => say("service_stopped") : counted;
    if (error.name !== "AbortError") {
      if (!error.say) throw error;
      refused = error;
    }
  }
  if (own !== working) return;
  isRunning = false;
  find("progress").hidden = find("stop").hidden = true;
  draw();
}

const atWork = () => say("service_working", { name: table.file.name });

// How much of the table has its topics; nothing where there is none after an error, which says it all.
function counted() {
  const values = { articles: say("articles", { n: table.articles }) };
  if (table.isComplete && !table.articles) return say("service_no_articles", { name: table.file.name });
  if (table.isComplete) return say("service_tagged", values);
  return table.articles ? say("service_partly", values) : "";
}

// What went wrong. A column that is missing is told in the words of this page, which has fields for the names.
function told(error) {
  const found = missing(error);
  if (!found) return named(error.say());
  const values = { name: table.file.name, column: found.column, columns: found.list };
  if (found.isText) return say("service_no_text_column", values);
  return found.column === titleField() ? say("service_no_title_column", values) : say("service_no_kept_column", values);
}

// The server does not know the name of the file: it says articles.csv.
const named = (detail) => detail.replace(/\barticles\.(csv|jsonl|xlsx|parquet)\b/, () => table.file.name);

// Show what share is done; while the server works and nothing is sent, the bar moves without a number.
function progress(part, isWaiting) {
  const shown = find("progress-bar");
  if (isWaiting && part >= 1) shown.removeAttribute("value");
  else shown.value = part;
  find("progress-text").textContent = isWaiting && part >= 1 ? say("service_computing") : done(part);
}

function onWait(sentence) {
  said = sentence;
  tellStatus();
}

function tellStatus() {
  find("table-status").textContent = said();
}

// Drawing

function draw() {
  if (!table) return;
  tellStatus();
  find("table-name").textContent = table.file.name;
  find("table-problem").hidden = !refused;
  find("table-problem-text").textContent = refused ? told(refused) : "";
  find("chart").hidden = !table.articles;
  const isTooLarge = table.file.size > maxBody; // it was tagged in pieces, but a download is made in one
  find("downloads").hidden = !table.isComplete || !table.articles || isTooLarge;
  find("too-large").hidden = !table.isComplete || !isTooLarge;
  find("too-large").textContent = say("service_too_large", { n: Math.floor(maxBody / 1e6) });
  find("table-again").hidden = table.isComplete || isRunning;
  if (table.articles) drawChart();
}

function drawChart() {
  const most = Math.max(...table.counts.values(), table.none, ...table.notes.values());
  const row = (name, articles, className = "") => chartRow(name, articles, most, className);
  const rows = [...table.counts].sort((a, b) => b[1] - a[1]).map(([topic, articles]) => row(topicName(topic), articles));
  if (table.none) rows.push(row(say("service_no_topic"), table.none, "note"));
  for (const [note, articles] of table.notes) rows.push(row(unjudged(note), articles, "note"));
  refill(find("chart-rows"), ...rows);
  const lines = table.first.map((article) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, ...heading(article)),
      element("td", {}, article.topics.map(topicName).join("; ") || (article.note ? unjudged(article.note) : say("service_no_topic"))),
    ),
  );
  refill(find("first-rows"), ...lines);
  const leftOut = find("left-out");
  leftOut.hidden = !table.leftOut;
  const why = table.why ? ` ${say("service_left_out_first", { why: named(table.why) })}` : "";
  leftOut.textContent = say("service_left_out", { n: table.leftOut }) + why;
}

// The number of an article in the table, with its headline, else its id.
function heading({ number: n, title, id }) {
  const name = title || (NAMELESS.test(id) ? "" : id);
  return name ? [`${number(n)}. `, bdi(name)] : [say("service_row", { n })];
}

// Why an article could not be judged. A headline of rare names has the note "not Russian" too.
const unjudged = (note) => (note === "no words" ? say("service_unjudged_empty") : say("service_unjudged"));

function chartRow(name, articles, most, className) {
  return element(
    "tr",
    { className },
    element("th", { scope: "row" }, bdi(name)),
    element("td", {}, number(articles)),
    element("td", {}, share(articles / table.articles)),
    element("td", { className: "wide" }, bar(articles / most)),
  );
}
