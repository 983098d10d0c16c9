// One article: its topics as it is typed, why it has them, and what a person says about them.

import { ask, TOO_LARGE, TooLong, Unsaved, unlock } from "./client.js";
import { bar, bdi, element, find, refill } from "./elements.js";
import { explanation } from "./explanation.js";
import { onLanguage, probability, say } from "./language.js";
import { areKnown, loadTopics, topicIds, topicName } from "./names.js";

const PAUSE = 300; // milliseconds without a key before the server is asked
const LATER = 10_000; // milliseconds until it is asked again by itself, where it was busy or away
const maxExplained = Number(document.body.dataset.maxExplained); // characters, as Python counts them
const feedback = document.body.dataset.feedback === "true";

const input = find("text");
let timer;
let asking = new AbortController(); // of the present text; aborted when it changes
let explaining = new AbortController();
let text = ""; // the text that `answer` is about
let answer = null; // as /v1/predict gives it
let open = null; // the topic whose words are shown
let reason = null; // as /v1/explain gives it, with the text that it is about
let labels = null; // topics as a person has corrected them, or null
let earlier; // topics that an earlier correction of the text had, null if there was none; not known before the first one here
let said = () => say("service_empty"); // by the status line
let waiting = null; // what it says instead while the server is busy
let working = 0; // requests
let isNew = false; // the text came as a whole, so its reader waits for the topics, which may be below the screen
let refused = null; // what went wrong
let repeat = askTopics; // what failed
let saving = Promise.resolve(); // corrections are sent one after the other

export function startArticle() {
  input.addEventListener("input", changed);
  input.addEventListener("paste", () => (isNew = true));
  find("sample").addEventListener("click", () => setText(say("service_sample_text")));
  find("clear").addEventListener("click", () => setText(""));
  find("again").addEventListener("click", again);
  find("why-not").addEventListener("change", ({ target }) => show(target.value || null));
  find("right").addEventListener("click", () => correct(new Set(answer.topics)));
  find("belongs").addEventListener("click", belongs);
  onLanguage(draw);
  onLanguage(() => problem(refused));
  if (input.value) askTopics(); // the browser keeps the text when a page is loaded again
  else draw();
}

export function setText(value) {
  input.value = value;
  input.focus();
  input.setSelectionRange(0, 0);
  input.scrollTop = 0;
  isNew = true;
  askTopics();
}

function again() {
  unlock();
  repeat();
}

function changed() {
  clearTimeout(timer);
  timer = setTimeout(askTopics, PAUSE);
}

// Ask for the topics of the text; an answer that comes after the text has changed is dropped.
async function askTopics() {
  clearTimeout(timer);
  asking.abort();
  explaining.abort();
  asking = new AbortController();
  const asked = input.value;
  if (!asked.trim()) {
    open = null;
    problem(null);
    return forget(() => say("service_empty"));
  }
  await telling(asking.signal, async (signal) => {
    const given = await predict(asked, signal);
    if (signal.aborted) return;
    [text, answer, labels, earlier, said] = [asked, given, null, undefined, found];
    problem(null); // the one before stays until then, so that it does not come and go while the server is away
    draw();
    if (isNew) find("topics").scrollIntoView({ block: "nearest" });
    isNew = false;
    if (open) await explain(signal); // until then, the old text is shown with its words
    draw();
  });
}

async function predict(asked, signal) {
  try {
    const given = await ask("v1/predict", { text: asked, all: true }, { signal, onWait });
    if (!areKnown(given.topics)) await loadTopics();
    return given;
  } catch (error) {
    if (signal.aborted) throw error;
    forget(() => ""); // topics of the text before must not stand beside the error
    if (error.isPassing) timer = setTimeout(askTopics, LATER);
    throw error;
  }
}

// Show no topics; the topic whose words are shown is kept for the next text.
function forget(sentence) {
  [text, answer, reason, labels, said] = ["", null, null, null, sentence];
  draw();
}

// Show the words for and against a topic, or none.
async function show(topic) {
  explaining.abort();
  explaining = new AbortController();
  problem(null);
  open = topic;
  if (!topic) reason = null;
  draw();
  if (!topic) return;
  await telling(explaining.signal, async (signal) => {
    await explain(signal);
    draw();
    find("why-heading")?.scrollIntoView({ block: "nearest" });
  });
}

async function explain(signal) {
  const [about, topic] = [text, open];
  try {
    if (Array.from(about).length > maxExplained) throw new TooLong(maxExplained);
    const { topics } = await ask("v1/explain", { text: about, topics: [topic] }, { signal, onWait });
    if (about === text && topic === open) reason = { ...topics.find(({ id }) => id === topic), text: about };
  } catch (error) {
    if (error.name !== "AbortError") reason = null;
    throw error;
  }
}

// Do something with the server, and tell if it fails. `anew` does it again.
async function telling(signal, act, anew = askTopics) {
  find("result").setAttribute("aria-busy", String(++working > 0));
  try {
    await act(signal);
  } catch (error) {
    if (error.name !== "AbortError") {
      if (!error.say) throw error;
      problem(error);
      repeat = anew;
    }
  } finally {
    find("result").setAttribute("aria-busy", String(--working > 0));
    if (!working) waiting = null;
    tellStatus();
  }
}

function onWait(sentence) {
  waiting = sentence;
  problem(null); // one message is enough
  tellStatus();
}

function problem(error) {
  refused = error;
  find("problem").hidden = !error;
  find("again").hidden = error?.status === TOO_LARGE;
  const sentence = error?.say() ?? "";
  if (find("problem-text").textContent !== sentence) find("problem-text").textContent = sentence; // the same is not told twice
}

// Corrections

// Give the text the topic that is explained, or take it away. Why it was not given is then no longer a question.
function belongs() {
  const topic = open;
  if (isGiven(topic)) return toggle(topic);
  show(null);
  find("why-not").focus(); // the button that had the focus is gone
  return toggle(topic);
}

const isGiven = (topic) => (labels ?? new Set(answer.topics)).has(topic);

function toggle(topic) {
  const wanted = new Set(labels ?? answer.topics);
  if (!wanted.delete(topic)) wanted.add(topic);
  return correct(wanted);
}

// Send the topics that a person gives the text, one message after the other.
function correct(wanted) {
  const [about, before] = [text, labels];
  labels = wanted;
  draw();
  saving = saving.then(() => telling(undefined, () => save(about, wanted, before), () => (about === text ? correct(wanted) : askTopics())));
  return saving;
}

async function save(about, wanted, before) {
  try {
    const told = await ask("v1/feedback", { text: about, topics: [...wanted] }, { onWait });
    if (about !== text) return;
    if (earlier === undefined) earlier = told?.replaced ?? null; // what a later one replaces was said here
    said = saved;
    problem(null);
  } catch (error) {
    if (about === text) [labels, said] = [before, () => ""];
    throw error.say ? new Unsaved(error) : error;
  } finally {
    draw();
  }
}

function saved() {
  const noted = labels.size ? say("service_saved", { topics: names([...labels]) }) : say("service_saved_none");
  if (!earlier) return noted;
  return `${noted} ${earlier.length ? say("service_replaced", { topics: names(earlier) }) : say("service_replaced_none")}`;
}

const names = (topics) => topics.map(topicName).join("; ");

// Drawing

function found() {
  if (answer.note === "not Russian") return say("service_not_russian");
  if (answer.note === "no words") return say("service_no_words");
  return answer.topics.length ? say("service_found", { n: answer.topics.length }) : say("service_none");
}

function tellStatus() {
  const sentence = waiting ?? said;
  const list = sentence === found ? answer.topics.map((topic) => `${topicName(topic)} ${probability(answer[topic])}`) : [];
  const aloud = list.length ? element("span", { className: "unseen" }, `: ${list.join("; ")}`) : null;
  const line = sentence() + (aloud?.textContent ?? "");
  if (find("status").textContent !== line) refill(find("status"), sentence(), aloud); // the same is not told twice
}

function draw() {
  tellStatus();
  const added = labels ? [...labels].filter((topic) => !answer.topics.includes(topic)) : [];
  refill(find("topics"), ...(answer ? [...answer.topics, ...added].map(line) : []));
  find("others").hidden = !answer || Boolean(answer.note);
  find("right").hidden = !feedback || !answer || Boolean(answer.note) || labels !== null;
  drawOthers();
  drawReason();
}

function line(topic) {
  const name = topicName(topic);
  const given = isGiven(topic);
  const choose = element(
    "button",
    { type: "button", className: "topic", "aria-expanded": String(open === topic), "aria-controls": "why", data: { key: `topic ${topic}` } },
    element(given ? "span" : "s", { className: "name" }, bdi(name)),
    element("span", { className: "number" }, probability(answer[topic])),
    bar(answer[topic]),
    element("span", { className: "why" }, say("service_why_word")),
  );
  choose.addEventListener("click", () => show(open === topic ? null : topic));
  if (!feedback) return element("li", {}, choose);
  const label = given ? say("service_wrong") : say("service_put_back");
  const fix = element(
    "button",
    { type: "button", className: "fix", data: { key: `fix ${topic}` } },
    label,
    element("span", { className: "unseen" }, `: ${name}`),
  );
  fix.addEventListener("click", () => toggle(topic));
  return element("li", {}, choose, fix);
}

// The topics that the text does not have, the most probable first.
function drawOthers() {
  const select = find("why-not");
  const others = answer ? topicIds().filter((topic) => topic in answer && !answer.topics.includes(topic)) : [];
  others.sort((a, b) => answer[b] - answer[a]);
  const option = (topic) => element("option", { value: topic }, `${topicName(topic)}: ${probability(answer[topic])}`);
  refill(select, element("option", { value: "" }, say("service_choose")), ...others.map(option));
  select.value = others.includes(open) ? open : "";
}

function drawReason() {
  const why = find("why");
  why.hidden = !reason;
  find("belongs").hidden = !reason || !feedback || answer.topics.includes(reason.id);
  if (!reason) return;
  find("belongs").textContent = isGiven(reason.id) ? say("service_put_away") : say("service_belongs");
  const [head, ...rest] = explanation(reason, !reason.given && isGiven(reason.id));
  if (find("why-summary").textContent !== head.textContent) refill(find("why-summary"), head); // told aloud, but once
  refill(find("why-words"), ...rest);
}
