// Data that flows: what a step showed moves to where the next step shows what became of it.

const MOVE_MS = 450;
const FIELD = "step";

/** A panel as it looks now, canvases included, to be moved over the page. @param {HTMLElement} panel */
function copyOf(panel) {
  const copy = /** @type {HTMLElement} */ (panel.cloneNode(true));
  const drawn = panel.querySelectorAll("canvas");
  copy.querySelectorAll("canvas").forEach((canvas, index) => {
    canvas.width = drawn[index].width;
    canvas.height = drawn[index].height;
    if (canvas.width && canvas.height) canvas.getContext("2d")?.drawImage(drawn[index], 0, 0);
  });
  copy.querySelectorAll("h3, .sx-note").forEach((words) => words.remove()); // the data moves, not what is said of it
  copy.removeAttribute("data-index");
  copy.setAttribute("aria-hidden", "true");
  copy.classList.add("sx-flying");
  return copy;
}

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @param {HTMLElement} root @param {HTMLElement} panels */
export function makeFlow(root, panels) {
  const hero = () => /** @type {HTMLElement | null} */ (panels.querySelector('.sx-panel[data-index="0"]'));
  /** @type {any} */
  let shown = null;

  /** Before a new answer is drawn: what will move, if it is the next step or the one before. @param {any} next */
  function before(next) {
    const was = shown;
    shown = next;
    if (!was || !next || was === next || was.selection.view !== next.selection.view || was.selection[FIELD] === next.selection[FIELD]) return null;
    const old = hero();
    if (!old || still()) return null;
    return { copy: copyOf(old), from: old.getBoundingClientRect() };
  }

  /** After it is drawn. @param {ReturnType<typeof before>} moved */
  function after(moved) {
    const now = hero();
    if (!moved || !now) return;
    const { copy, from } = moved;
    const to = now.getBoundingClientRect();
    root.querySelectorAll(".sx-flying").forEach((flying) => flying.remove()); // a step that comes early overtakes
    Object.assign(copy.style, { left: `${from.left}px`, top: `${from.top}px`, width: `${from.width}px`, height: `${from.height}px` });
    root.append(copy);
    const [x, y] = [to.left + to.width / 2 - from.left - from.width / 2, to.top + to.height / 2 - from.top - from.height / 2];
    const small = `translate(${x}px, ${y}px) scale(0.35)`;
    const flight = copy.animate([{ transform: "none", opacity: 1 }, { transform: small, opacity: 0 }], { duration: MOVE_MS, easing: "ease-in-out" });
    flight.onfinish = flight.oncancel = () => copy.remove();
    now.animate([{ opacity: 0, transform: "translateX(24px)" }, { opacity: 1, transform: "none" }], { duration: MOVE_MS, easing: "ease-out" });
  }
  return { before, after };
}
