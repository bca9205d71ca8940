// The presenter's column: notes of this stop, what comes next, and the time.

import { make, setText } from "./dom.js";

const SECOND_MS = 1000;

/** @param {Record<string, string>} texts @param {boolean} presenter Whether this is the presenter's window. */
export function makeNotes(texts, presenter) {
  const [clock, since, title, notes, next] = ["b", "span", "h2", "p", "p"].map((tag) => make(/** @type {"p"} */ (tag), {}));
  const element = make("aside", { class: "sx-notes", "aria-label": texts["ui.presenter"], hidden: !presenter }, make("div", { class: "sx-clock" }, clock, since), title, notes, next);
  const begun = performance.now(); // a clock that never jumps
  function tick() {
    const passed = Math.floor((performance.now() - begun) / SECOND_MS);
    setText(clock, new Date().toTimeString().slice(0, 5));
    setText(since, `${Math.floor(passed / 60)}:${String(passed % 60).padStart(2, "0")}`);
    setTimeout(tick, SECOND_MS);
  }
  if (presenter) tick();
  return {
    element,
    /** @param {import("../model/state.js").State} state */
    show({ selection, tour }) {
      const [stop, after] = [tour?.stops[selection.stop - 1], tour?.stops[selection.stop]];
      setText(title, stop?.title ?? texts["ui.presenter.none"]);
      setText(notes, stop?.notes ?? "");
      setText(next, after && stop ? `${texts["ui.presenter.next"]} ${after.title}` : "");
    },
  };
}
