// Requests to the server, and what to say when one fails.

import { find } from "./elements.js";
import { say } from "./language.js";

const TRIES = 6;
const LONGEST_WAIT = 30; // seconds, whatever the server asks for

let token = sessionStorage.getItem("news-topics-token"); // until the tab is closed

// What the server refused, or null in `status` if it was not reached.
export class Refusal extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }

  // One sentence for a person.
  say() {
    const said = {
      401: () => say("service_error_token"),
      408: () => say("service_error_time"),
      413: () => say("service_error_size"),
      429: () => say("service_error_busy"),
      503: () => say("service_error_busy"),
    }[this.status];
    if (this.status === null) return say("service_error_network");
    return said ? said() : say("service_error", { detail: this.message || this.status });
  }
}

// Send a request and return its answer, read by `read`. Where the server is busy, it waits and tries again.
//   signal    stops it
//   onSent    is told the share of the body that is sent
//   onWait    is told the seconds until it tries again
export async function send(path, { body, type = "application/json", read = "json", signal, onSent, onWait } = {}) {
  for (let tries = 1; ; tries++) {
    const answer = await once(path, body, type, signal, onSent);
    if (answer.status >= 200 && answer.status < 300) return read === "json" ? JSON.parse(await answer.blob.text() || "null") : answer;
    if (answer.status === 401) await askForToken(signal);
    else if ([429, 503].includes(answer.status) && tries < TRIES) {
      const seconds = Math.min(LONGEST_WAIT, Number(answer.header("Retry-After")) || 1);
      onWait?.(seconds);
      await pause(seconds, signal);
    } else throw new Refusal(answer.status, await detail(answer.blob));
  }
}

// fetch does not tell how much of a body is sent, so this is the older XMLHttpRequest.
function once(path, body, type, signal, onSent) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(body === undefined ? "GET" : "POST", path);
    request.responseType = "blob";
    if (body !== undefined) request.setRequestHeader("Content-Type", type);
    if (token) request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.upload.onprogress = ({ loaded, total }) => onSent?.(total ? loaded / total : 0);
    request.upload.onload = () => onSent?.(1);
    request.onload = () =>
      resolve({ status: request.status, blob: request.response, header: (name) => request.getResponseHeader(name) });
    request.onerror = () => reject(new Refusal(null, ""));
    request.onabort = () => reject(stopped());
    if (signal?.aborted) return reject(stopped());
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body);
  });
}

const stopped = () => new DOMException("stopped", "AbortError");

function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, 1000 * seconds);
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(stopped())), { once: true });
  });
}

async function detail(blob) {
  const text = await blob.text();
  try {
    return JSON.parse(text).detail ?? "";
  } catch {
    return "";
  }
}

// Show the field for the token, and wait until one is given.
function askForToken(signal) {
  const form = find("token-form");
  find("token-problem").hidden = token === null;
  if (form.hidden) {
    form.hidden = false;
    find("token").focus();
  }
  return new Promise((resolve, reject) => {
    signal?.addEventListener("abort", () => reject(stopped()), { once: true });
    form.addEventListener(
      "submit",
      (event) => {
        event.preventDefault();
        token = find("token").value.trim();
        sessionStorage.setItem("news-topics-token", token);
        form.hidden = true;
        resolve();
      },
      { once: true },
    );
  });
}
