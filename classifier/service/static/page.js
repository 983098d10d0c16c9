// The page of the service: an article as it is typed, or a file that is dropped.

import { setText, startArticle } from "./article.js";
import { ask } from "./client.js";
import { find } from "./elements.js";
import { decoded } from "./encodings.js";
import { language, onLanguage, say, speak } from "./language.js";
import { loadTopics } from "./names.js";
import { endingOf, kindOf, startTable, tag } from "./table.js";

const TEXTS = ["txt", "md", "text"];
const DOCUMENTS = ["doc", "odt", "rtf", "pages", "pdf"]; // that can be opened and copied from, but not read here
const WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const UNREADABLE = 422; // a status
let told = null; // about the file that was dropped last
let isWrong = false; // whether it is bad news
let reading = new AbortController(); // of a document; aborted when another file comes

function take(files) {
  reading.abort();
  reading = new AbortController();
  const [file] = files;
  const { name } = file;
  const [kind, ending] = [kindOf(name), endingOf(name)];
  if (files.length > 1) return refuse(() => say("service_one_file"));
  tell(null);
  if (kind) tag(file, kind);
  else if (TEXTS.includes(ending)) readText(file);
  else if (ending === "docx") readDocument(file, reading.signal);
  else if (DOCUMENTS.includes(ending)) refuse(() => say("service_other_document", { name }));
  else refuse(() => say("service_unknown_file", { name }));
}

const refuse = (sentence) => tell(sentence, true);

function tell(sentence, bad = false) {
  [told, isWrong] = [sentence, bad];
  find("file-problem").className = isWrong ? "problem" : "note";
  find("file-problem").textContent = told?.() ?? "";
}

async function readText(file) {
  const { text, guess } = decoded(new Uint8Array(await file.arrayBuffer()));
  if (!text.trim()) return refuse(() => say("service_empty_file", { name: file.name }));
  setText(text);
  if (guess) tell(() => say("service_old_encoding", { name: file.name, encoding: guess }));
}

// The server reads Word documents.
async function readDocument(file, signal) {
  const { name } = file;
  try {
    setText((await ask("v1/text", undefined, { body: file, type: WORD, signal, onWait: tell })).text);
    tell(null);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!error.say) throw error;
    refuse(error.status === UNREADABLE ? () => say("service_bad_document", { name, detail: error.message }) : () => error.say());
  }
}

function startFiles() {
  find("file").addEventListener("change", ({ target }) => {
    if (target.files.length) take([...target.files]);
    target.value = ""; // so that the same file can be chosen again
  });
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      const isOver = name === "dragenter" || name === "dragover" || (name === "dragleave" && event.relatedTarget !== null);
      document.body.classList.toggle("dropping", isOver);
      if (name === "drop" && event.dataTransfer.files.length) take([...event.dataTransfer.files]);
    });
  }
}

function startLanguages() {
  const buttons = document.querySelectorAll("[data-language]");
  const mark = () => buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.language === language)));
  buttons.forEach((button) => button.addEventListener("click", () => speak(button.dataset.language)));
  onLanguage(mark);
  onLanguage(() => tell(told, isWrong));
  mark();
}

startLanguages();
startFiles();
startTable();
try {
  await loadTopics();
} catch {
  // Ids stand for names; the first text that is asked about tells what is wrong with the server.
}
startArticle();
document.body.dataset.ready = "true";
