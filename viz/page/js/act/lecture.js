// The presenter's window, and the tour that a person puts together.

import { fill, firstSentence } from "../draw/text.js";
import { makeMyTour, tourText } from "../model/my_tour.js";
import { keepTogether } from "../model/presenter.js";
import { storageOrNull } from "../model/visitor.js";
import { saveText } from "./take_along.js";

/**
 * @param {object} parts
 * @param {import("../types.js").Boot} parts.boot
 * @param {import("../model/codec.js").Codec} parts.codec
 * @param {import("../model/store.js").Store<import("../model/state.js").State>} parts.store
 * @param {(fields: object) => void} parts.change
 */
export function makeLecture({ boot: { texts }, codec, store, change }) {
  const lecture = new URLSearchParams(location.search).get("presenter"); // the name that two windows share
  const mine = makeMyTour(storageOrNull());
  let joined = "";
  /** Once; a window that is opened again joins under the same name. */
  function join() {
    if (joined) return joined;
    joined = lecture ?? Math.random().toString(36).slice(2);
    keepTogether({ codec, store, change }, new BroadcastChannel(`sx-${joined}`));
    return joined;
  }
  return {
    isPresenter: Boolean(lecture),
    /** Take part, where this window is the presenter's; once the page is drawn. */
    begin: () => lecture && join(),
    presenterWindow() {
      const address = new URL(location.href);
      address.searchParams.set("presenter", join());
      window.open(address, "sx-presenter", "width=1280,height=720");
    },
    addToTour() {
      const { view, ...selection } = store.now.selection;
      const what = firstSentence(texts[`view.${view}.what`]);
      mine.add({ link: codec.write({ ...selection, view, stop: 0 }, "").slice(1), title: texts[`view.${view}.title`], words: what });
      store.set({ message: { kind: "notice", text: fill(texts["ui.tour.added"], { count: mine.stops().length }) } });
    },
    myTour: {
      count: () => mine.stops().length,
      empty: mine.empty,
      save: () => saveText("tour.toml", tourText(texts["ui.tour.mine"], mine.stops())),
    },
  };
}
