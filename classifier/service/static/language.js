// What the page says, in the language that is chosen, with numbers as that language writes them.

const catalogue = JSON.parse(document.body.dataset.messages);
const FORMS = { one: 0, few: 1, many: 2, other: -1 }; // in the lists of the catalogue; other: the last
const LEAST = { share: 0.001, probability: 0.01 }; // that is written as a number; what is rounded to less is not nothing
const listeners = [];

export let language = document.documentElement.lang;

export function number(value, digits = 0, options = {}) {
  const shown = new Intl.NumberFormat(language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    ...options,
  });
  return shown.format(value).replace("-", "−");
}

const orLess = (value, least, write) => (value < least / 2 ? `< ${write(least)}` : write(value));
export const probability = (value) => orLess(value, LEAST.probability, (shown) => number(shown, 2)); // never really 0
export const share = (value) => (value > 0 ? orLess(value, LEAST.share, percent) : percent(value));
const percent = (value) => number(value, 1, { style: "percent" });
export const done = (value) => number(value, 0, { style: "percent" });
export const weight = (value) => number(value, 2, { signDisplay: "exceptZero" });

// The message of a key, with values put in; the number `n` chooses among the forms of a noun.
export function say(key, values = {}) {
  let text = catalogue[language][key];
  if (Array.isArray(text)) text = text.at(FORMS[new Intl.PluralRules(language).select(values.n)]);
  return text.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "number" ? number(values[name]) : values[name]));
}

export const onLanguage = (listener) => listeners.push(listener);

// Speak another language from now on; nothing on the page is lost, and the address keeps the choice.
export function speak(chosen) {
  language = chosen;
  document.documentElement.lang = chosen;
  document.title = say("service_title");
  for (const place of document.querySelectorAll("[data-say]")) place.textContent = say(place.dataset.say);
  document.getElementById("docs").search = `?lang=${chosen}`;
  const address = new URL(location.href);
  address.searchParams.set("lang", chosen);
  history.replaceState(null, "", address);
  for (const listener of listeners) listener();
}
