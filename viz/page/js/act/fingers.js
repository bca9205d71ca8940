// A finger that moves sideways over the panels turns their pages.

const FAR = 60; // pixels: less is a tap, or a scroll that went astray

/** @param {HTMLElement} element @param {(by: number) => void} turn */
export function listenToFingers(element, turn) {
  /** @type {{x: number, y: number} | null} */
  let from = null;
  element.addEventListener("touchstart", ({ touches }) => (from = touches.length === 1 ? { x: touches[0].clientX, y: touches[0].clientY } : null), { passive: true });
  element.addEventListener("touchend", ({ changedTouches }) => {
    if (!from) return;
    const [x, y] = [changedTouches[0].clientX - from.x, changedTouches[0].clientY - from.y];
    from = null;
    if (Math.abs(x) > FAR && Math.abs(x) > 2 * Math.abs(y)) turn(x < 0 ? 1 : -1);
  });
}
