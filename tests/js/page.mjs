// As much of a browser's document as drawers need: elements that keep what they are given, and say what was drawn on them.

class Element {
  dataset = {};
  children = [];
  attributes = {};
  listeners = {};
  drawn = []; // each call on its context, with the colours and the ways of mixing of that moment
  style = { setProperty() {} };
  textContent = "";
  owner = null; // the element that this one stands in
  parentElement = null; // there is no room to measure
  names = new Set();
  classList = { toggle: (name, on = !this.names.has(name)) => (on ? this.names.add(name) : this.names.delete(name)), add: (name) => this.names.add(name), contains: (name) => this.names.has(name) };
  context = recording(this.drawn);

  getContext() { return this.context; }
  setAttribute(name, value) {
    this.attributes[name] = value;
    if (name === "width" || name === "height") this[name] = Number(value);
    if (name === "class") value.split(" ").forEach((one) => this.names.add(one));
  }
  getAttribute(name) { return this.attributes[name] ?? null; }
  removeAttribute(name) { delete this.attributes[name]; }
  append(...parts) { parts.forEach((part) => this.insertBefore(part, null)); }
  insertBefore(part, next) {
    if (part instanceof Element) {
      part.remove();
      part.owner = this;
    }
    this.children.splice(next ? this.children.indexOf(next) : this.children.length, 0, part);
  }
  remove() {
    if (this.owner) this.owner.children = this.owner.children.filter((one) => one !== this);
  }
  get firstElementChild() { return this.children.find((one) => one instanceof Element) ?? null; }
  get nextElementSibling() { return this.owner?.children[this.owner.children.indexOf(this) + 1] ?? null; }
  closest() { return null; }
  querySelector() { return null; }
  querySelectorAll() { return []; }
  addEventListener(name, act) { this.listeners[name] = act; }
  /** What happens there, with what the event says. */
  fire(name, event = {}) { this.listeners[name]({ preventDefault() {}, ...event }); }
}

/** A context that writes down what is drawn. */
function recording(drawn) {
  const kept = { createImageData: (width, height) => ({ width, height, data: new Uint8ClampedArray(4 * width * height) }) };
  return new Proxy(kept, {
    get: (target, name) => target[name] ?? ((...given) => drawn.push({ name, given, colour: target.strokeStyle, alpha: target.globalAlpha, mode: target.globalCompositeOperation })),
    set: (target, name, value) => ((target[name] = value), true),
  });
}

globalThis.window = { devicePixelRatio: 1 };
globalThis.document = { createElement: () => new Element() };

/** A canvas to draw on. */
export const canvas = () => new Element();

/** Every text by its own key, with the names of the values in it. */
export const texts = new Proxy({}, { get: (_, key) => String(key) });
