// The browser's address and history: every selection has its link, and going back never leaves the page by a key.

const RUN_MS = 1500; // presses of an arrow key that follow each other this quickly are one step back

/**
 * @param {import("./codec.js").Codec} codec
 * @param {{history: History, location: Location, now?: () => number}} browser
 */
export function makeLink(codec, { history, location, now = () => performance.now() }) {
  let run = { name: "", at: -Infinity };
  const steps = () => Number(history.state?.steps ?? 0);

  /** @param {string} search  @param {number} depth  @param {"pushState" | "replaceState"} how */
  function put(search, depth, how) {
    history[how]({ ...history.state, steps: depth }, "", `${location.pathname}${search}${location.hash}`);
  }
  return {
    /**
     * `quiet` replaces the address; so does one of a `name`d run of changes that goes on.
     * @param {import("../types.js").Selection} selection  @param {{quiet?: boolean, name?: string}} [how]
     */
    write(selection, { quiet = false, name = "" } = {}) {
      const goesOn = name !== "" && name === run.name && now() - run.at < RUN_MS;
      run = { name, at: now() };
      const search = codec.write(selection, location.search);
      if (quiet || goesOn) put(search, steps(), "replaceState");
      else put(search, steps() + 1, "pushState");
    },
    /** A setting of the page itself, such as present=1; null takes it away. @param {string} name @param {string | null} value */
    flag(name, value) {
      const query = new URLSearchParams(location.search);
      if (value === null) query.delete(name);
      else query.set(name, value);
      const text = query.toString().replaceAll("%2C", ",");
      put(text ? `?${text}` : "", steps(), "replaceState");
    },
    read: () => codec.read(location.search),
    /** One step back, if there is one that this page made. */
    undo() {
      if (steps() > 0) history.back();
    },
  };
}
