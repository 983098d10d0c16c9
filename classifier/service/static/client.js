// Requests to the server, and what to say when one fails.

import { say } from "./language.js";

const TRIES = 6;
const AWAY = [null, 502, 504]; // statuses: nothing answers, or a proxy says that nothing does
const NO_TOKEN = 401; // a status
export const TOO_LARGE = 413; // a status that stays the same however often one tries
const LONGEST_WAIT = 30; // seconds, whatever the server asks for
export const maxBody = Number(document.body.dataset.maxBody); // bytes that the server takes

// After a missing or wrong token nothing is sent until a person says so: each try may open a window that asks for it, and
// the server counts wrong ones.
let isLocked = false;
export const unlock = () => (isLocked = false);

// What the server refused; its status is null if it was not reached.
export class Refusal extends Error {
  constructor(status, detail, isBusy = false) {
    super(detail);
    this.status = status;
    this.isBusy = isBusy;
  }

  // Whether it may be over soon.
  get isPassing() {
    return this.isBusy || AWAY.includes(this.status);
  }

  // One or two sentences for a person.
  say() {
    if (AWAY.includes(this.status)) return say("service_error_network");
    if (this.status === NO_TOKEN) return say("service_error_token");
    if (this.status === 408) return say("service_error_time");
    if (this.status === TOO_LARGE) return say("service_error_size");
    if (this.isBusy) return say("service_error_busy");
    return say("service_error", { detail: this.message || String(this.status) });
  }
}

// A text of over `n` characters: it has topics, but the server would not tell its words.
export class TooLong extends Refusal {
  constructor(n) {
    super(TOO_LARGE, "");
    this.n = n;
  }

  say() {
    return say("service_too_long", { n: this.n });
  }
}

// A correction that the server has not got.
export class Unsaved extends Refusal {
  constructor({ status, message, isBusy }) {
    super(status, message, isBusy);
  }

  say() {
    return say("service_unsaved", { why: super.say() });
  }
}

// Send a request and return its answer: { blob, header }. Where the server is busy, it waits and tries again.
//   signal    stops it
//   onSent    is told the share of the body that is sent
//   onWait    is given what to say until it tries again
export async function send(path, { body, type = "application/json", signal, onSent, onWait } = {}) {
  if (isLocked) throw new Refusal(NO_TOKEN, "");
  // The server would end the connection while the body is sent, and that looks like a network that is gone.
  if (body?.size > maxBody) throw new Refusal(TOO_LARGE, "");
  for (let tries = 1; ; tries++) {
    const answer = await once(path, body, type, signal, onSent);
    if (answer.status >= 200 && answer.status < 300) return answer;
    isLocked ||= answer.status === NO_TOKEN;
    const asked = Number(answer.header("Retry-After")); // 0 if there is none: then it is of no use to try again
    if (!asked || tries === TRIES) throw new Refusal(answer.status, await detail(answer.blob), asked > 0);
    const n = Math.min(LONGEST_WAIT, asked);
    onWait?.(() => (answer.status === 429 ? say("service_waiting_yours", { n }) : say("service_waiting", { n })));
    await pause(n, signal);
  }
}

// Send JSON, if there is any, and return the JSON of the answer.
export async function ask(path, content, options = {}) {
  const body = content === undefined ? undefined : JSON.stringify(content);
  const { blob } = await send(path, { body, ...options });
  return JSON.parse((await blob.text()) || "null");
}

// fetch does not tell how much of a body is sent, so this is the older XMLHttpRequest.
function once(path, body, type, signal, onSent) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(stopped());
    const request = new XMLHttpRequest();
    request.open(body === undefined ? "GET" : "POST", path);
    request.responseType = "blob";
    if (body !== undefined) request.setRequestHeader("Content-Type", type);
    request.upload.onprogress = ({ loaded, total }) => onSent?.(total ? loaded / total : 0);
    request.upload.onload = () => onSent?.(1);
    request.onload = () =>
      resolve({ status: request.status, blob: request.response, header: (name) => request.getResponseHeader(name) });
    request.onerror = () => reject(new Refusal(null, ""));
    request.onabort = () => reject(stopped());
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body);
  });
}

const stopped = () => new DOMException("stopped", "AbortError");

function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, 1000 * seconds);
    const stop = () => {
      clearTimeout(timer);
      reject(stopped());
    };
    signal?.addEventListener("abort", stop, { once: true });
  });
}

async function detail(blob) {
  try {
    return JSON.parse(await blob.text()).detail ?? "";
  } catch {
    return ""; // something between the page and the server has answered
  }
}
