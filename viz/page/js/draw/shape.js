// The page's form: how large the window is, what is open, and whether it is presented.

import { formOf, typeOf } from "./layout.js";

/** Give the root the form of its window, and letters their size. @param {HTMLElement} root @param {Pick<import("../model/state.js").State, "presenting" | "tools" | "drawer">} state */
export function applyShape(root, { presenting, tools, drawer }) {
  const size = { width: root.clientWidth, height: Math.min(window.innerHeight, screen.availHeight || 1080) };
  const form = formOf(size);
  const type = typeOf(size, presenting);
  root.dataset.form = form;
  root.style.setProperty("--type", `${type}px`);
  root.style.setProperty("--height", `${size.height}px`);
  root.classList.toggle("sx-presenting", presenting);
  root.classList.toggle("sx-with-tools", tools);
  root.classList.toggle("sx-with-drawer", drawer);
  return { form, type, window: size, scrolls: scrolls(root) };
}

/** Whether the page is longer than its window: in the hand it is. @param {HTMLElement} root */
export function scrolls(root) {
  return ["side", "phone"].includes(root.dataset.form ?? "");
}
