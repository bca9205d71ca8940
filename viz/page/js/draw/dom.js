// Making elements, and updating them in place: nothing is thrown away under a person's hand.

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * Text goes in as text, never as HTML; `html` is for the server's own formulas only.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} attributes
 * @param {(Child | Child[])[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "html") element.innerHTML = value;
    else if (name === "data") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** @param {Element} element  @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** An attribute; null or false takes it away. @param {Element} element @param {string} name @param {string | boolean | null} value */
export function setAttribute(element, name, value) {
  const wanted = value === true ? "" : value;
  if (wanted === null || wanted === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== wanted) element.setAttribute(name, wanted);
}

/** Have an element right after another one, or nowhere. @param {Element} element @param {Element} before @param {boolean} there */
export function attach(element, before, there) {
  if (!there) element.remove();
  else if (before.nextElementSibling !== element) before.after(element);
}

/** @param {Element} element  @param {boolean} pressed */
export function setPressed(element, pressed) {
  setAttribute(element, "aria-pressed", String(pressed));
}

/**
 * Make the children of `parent` those of `items`, one each, in order. What was made for a key stays, and with it the
 * keyboard's focus; it moves only where the order is another.
 * @template Item
 * @template {{element: Element}} Part
 * @param {Element} parent
 * @param {Item[]} items
 * @param {(item: Item, index: number) => string} keyOf
 * @param {(item: Item, index: number) => Part} create
 * @param {(part: Part, item: Item, index: number) => void} [update]
 * @returns {Part[]}
 */
export function keyed(parent, items, keyOf, create, update = () => {}) {
  /** @type {Map<string, Part>} */
  const before = keptParts.get(parent) ?? new Map();
  /** @type {Map<string, Part>} */
  const after = new Map();
  items.forEach((item, index) => {
    const key = keyOf(item, index);
    const part = before.get(key) ?? create(item, index);
    after.set(key, part);
    update(part, item, index);
  });
  for (const [key, part] of before) if (!after.has(key)) part.element.remove();
  let next = parent.firstElementChild;
  for (const { element } of after.values()) {
    if (element === next) next = next.nextElementSibling;
    else parent.insertBefore(element, next);
  }
  keptParts.set(parent, after);
  return [...after.values()];
}

/** @type {WeakMap<Element, Map<string, any>>} */
const keptParts = new WeakMap();
