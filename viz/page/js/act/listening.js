// What the page listens to: keys, fingers, history, the window's size, and photos that are dropped or pasted.

import { listenToFingers } from "./fingers.js";
import { meaning, meaningInTour } from "./keys.js";

/** @param {any} parts */
export function listen({ root, store, commands, touring, page, choice, followLink, leave }) {
  document.addEventListener("keydown", (event) => {
    const on = store.now.selection.stop && !page.help.element.open ? meaningInTour(event) : null;
    if (on) {
      event.preventDefault();
      touring.step(on);
      return;
    }
    const asked = meaning(event);
    if (!asked || !store.now.scene || (page.help.element.open && asked.act !== "escape")) return;
    event.preventDefault();
    commands[asked.act](asked.value, asked.shift);
  });
  listenToFingers(page.panels, (by) => commands.page(by));
  window.addEventListener("popstate", followLink);
  window.addEventListener("pagehide", leave);
  let size = "";
  const changed = () => {
    const { clientWidth, clientHeight } = page.main;
    const now = `${clientWidth}x${page.scrolls() ? window.innerWidth : clientHeight}x${window.innerHeight}`;
    if (now === size) return; // where the page scrolls, panels of another view change the height only
    size = now;
    requestAnimationFrame(page.repaint);
  };
  new ResizeObserver(changed).observe(page.main);
  window.addEventListener("resize", changed);
  root.addEventListener("dragover", (/** @type {DragEvent} */ event) => event.preventDefault());
  root.addEventListener("drop", (/** @type {DragEvent} */ event) => {
    event.preventDefault();
    choice.take(event.dataTransfer);
  });
  document.addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) choice.take(event.clipboardData);
  });
}
