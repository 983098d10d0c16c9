// Elements made of text. Nothing here reads HTML, so that foreign text stays text.

export const find = (id) => document.getElementById(id);

// An element with properties (those with a hyphen are attributes) and children: elements, strings, or nothing.
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-") || key === "for") made.setAttribute(key, value);
    else if (key === "data") Object.assign(made.dataset, value);
    else made[key] = value;
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

// Foreign text, whose direction of writing does not change what stands around it.
export const bdi = (text, properties = {}) => element("bdi", properties, text);

// A bar of some share, 0 to 1. Its number stands beside it, so readers aloud skip it.
export function bar(share, threshold = null, className = "") {
  const filled = element("i");
  filled.style.inlineSize = `${100 * Math.min(1, share)}%`;
  const mark = threshold === null ? null : element("b");
  if (mark) mark.style.insetInlineStart = `${100 * threshold}%`;
  return element("span", { className: `bar ${className}`.trim(), "aria-hidden": "true" }, filled, mark);
}

// Put other children into an element; the keyboard stays where it was, by `data-key`.
export function refill(container, ...children) {
  const key = container.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  container.replaceChildren(...children.filter((child) => child !== null));
  if (key !== undefined) container.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}
