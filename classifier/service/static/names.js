// The topics of the model, with names and definitions in both languages.

import { ask } from "./client.js";
import { language } from "./language.js";

let topics = new Map();

export async function loadTopics() {
  topics = new Map((await ask("v1/topics")).topics.map((topic) => [topic.id, topic]));
}

// Whether these topics have names here; the model may have been replaced, or the server away when the page began.
export const areKnown = (ids) => topics.size > 0 && ids.every((id) => topics.has(id));
export const topicIds = () => [...topics.keys()];
export const topicName = (id) => topics.get(id)?.[language] || id;
export const definition = (id) => topics.get(id)?.[`definition_${language}`] || "";
