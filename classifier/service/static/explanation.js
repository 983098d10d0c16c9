// Why a text has a topic, or does not have it: the text with its words marked, and the strongest words.

import { bar, bdi, element } from "./elements.js";
import { probability, say, weight } from "./language.js";
import { definition, topicName } from "./names.js";

// As in `Reason.levels`: shares of the strongest word's weight from which a word is shown weak, clear, strong; where
// all words weigh less than STRONG, none is shown as strong.
const LEVELS = [0.1, 0.3, 0.6];
const STRONG = 1;
const SHOWN = 12; // words of each side
const LEAST = 0.005; // what is less would read 0.00

// What an explanation of a topic shows: its summary, then all the rest. A topic may have been added by a person.
export function explanation(reason, isAdded) {
  const name = topicName(reason.id);
  const heading = reason.given ? say("service_why", { topic: name }) : say("service_why_not_this", { topic: name });
  const about = definition(reason.id);
  return [
    element(
      "div",
      {},
      element("h2", { id: "why-heading" }, bdi(heading)),
      about ? element("p", { className: "note" }, `${about}.`) : null,
      isAdded ? element("p", {}, say("service_added")) : null,
      element("p", {}, summary(reason)),
    ),
    bar(reason.probability, reason.threshold),
    reason.words.length ? legend() : null,
    element(
      "div",
      { className: "text", id: "marked", lang: "ru", dir: "auto", tabIndex: 0, role: "group", "aria-labelledby": "why-heading" },
      ...marked(reason.text, reason.words),
    ),
    element("div", { className: "words" }, ...sides(reason.words)),
  ].filter(Boolean);
}

function summary(reason) {
  if (!reason.words.length) return say("service_not_russian");
  const sum = (sign) => reason.words.reduce((total, word) => total + (word.weight * sign > 0 ? word.weight : 0), 0);
  const values = {
    intercept: weight(reason.intercept),
    added: weight(sum(1)),
    taken: weight(sum(-1)),
    score: weight(reason.score),
    probability: probability(reason.probability),
    threshold: probability(reason.threshold),
  };
  return reason.given ? say("service_summary_given", values) : say("service_summary_not_given", values);
}

function legend() {
  return element(
    "p",
    { className: "note" },
    element("mark", { className: "l2" }, say("service_legend_for")),
    " ",
    element("u", { className: "l2" }, say("service_legend_against")),
  );
}

// Pieces of the text, words that count as <mark> or <u>. Python counts characters, where JavaScript counts units of
// UTF-16, of which an emoji has two.
function marked(text, words) {
  const characters = Array.from(text);
  const most = Math.max(STRONG, ...words.map((word) => Math.abs(word.weight)));
  const pieces = [];
  let end = 0;
  for (const word of words) {
    const level = LEVELS.filter((limit) => Math.abs(word.weight) / most >= limit).length;
    if (!level) continue;
    pieces.push(characters.slice(end, word.start).join(""));
    const properties = { className: `l${level}`, title: `${word.lemma} ${weight(word.weight)}` };
    pieces.push(element(word.weight > 0 ? "mark" : "u", properties, characters.slice(word.start, word.end).join("")));
    end = word.end;
  }
  return [...pieces, characters.slice(end).join("")];
}

// Tables of the strongest lemmas for the topic and against it, as `Reason.sides` gives them.
function sides(words) {
  const lemmas = new Map();
  for (const word of words) {
    const lemma = lemmas.get(word.lemma) ?? { forms: new Map(), times: 0, weight: 0 };
    const form = word.form.toLowerCase();
    if (!lemma.forms.has(form)) lemma.forms.set(form, word.form);
    lemma.times += 1;
    lemma.weight += word.weight;
    lemmas.set(word.lemma, lemma);
  }
  const sorted = [...lemmas.values()].sort((a, b) => b.weight - a.weight);
  const stronger = sorted.filter((lemma) => lemma.weight >= LEAST).slice(0, SHOWN);
  const weaker = sorted.filter((lemma) => lemma.weight <= -LEAST).reverse().slice(0, SHOWN);
  return [table(say("service_strongest_for"), stronger), table(say("service_strongest_against"), weaker)].filter(Boolean);
}

function table(caption, lemmas) {
  if (!lemmas.length) return null;
  const most = Math.max(STRONG, ...lemmas.map((lemma) => Math.abs(lemma.weight)));
  const rows = lemmas.map((lemma) =>
    element(
      "tr",
      {},
      element(
        "th",
        { scope: "row" },
        bdi([...lemma.forms.values()].join(", "), { lang: "ru" }),
        lemma.times > 1 ? ` ×${lemma.times}` : null,
      ),
      element("td", {}, weight(lemma.weight)),
      element("td", { className: "wide" }, bar(Math.abs(lemma.weight) / most, null, lemma.weight < 0 ? "against" : "")),
    ),
  );
  return element("table", {}, element("caption", {}, caption), element("tbody", {}, ...rows));
}
