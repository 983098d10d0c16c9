// The page of the service: an article as it is typed, or a file that is dropped.

import { setText, startArticle } from "./article.js";
import { find } from "./elements.js";
import { language, onLanguage, say, speak } from "./language.js";
import { loadTopics } from "./names.js";
import { kindOf, startTable, tag } from "./table.js";

const TEXTS = ["txt", "md", "text"];
let refused = null; // what is wrong with the file that was dropped last

function take(files) {
  const [file] = files;
  const kind = kindOf(file.name);
  refuse(files.length > 1 ? () => say("service_one_file") : null);
  if (files.length > 1) return;
  if (kind) tag(file, kind);
  else if (TEXTS.includes(file.name.toLowerCase().split(".").at(-1))) readText(file);
  else refuse(() => say("service_unknown_file", { name: file.name }));
}

function refuse(sentence) {
  refused = sentence;
  find("file-problem").textContent = refused?.() ?? "";
}

// Texts are in UTF-8, in UTF-16 if they are marked so, else in the encoding of Russian Windows.
async function readText(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const encoding = { "255,254": "utf-16le", "254,255": "utf-16be" }[bytes.slice(0, 2).join()] ?? "utf-8";
  try {
    setText(new TextDecoder(encoding, { fatal: true }).decode(bytes));
  } catch {
    setText(new TextDecoder("windows-1251").decode(bytes));
    refuse(() => say("service_old_encoding", { name: file.name }));
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
  onLanguage(() => refuse(refused));
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
