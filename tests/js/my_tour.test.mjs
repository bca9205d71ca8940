import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { makeMyTour, tourText } from "../../viz/page/js/model/my_tour.js";

const memory = (start = {}) => ({ kept: start, getItem(name) { return this.kept[name] ?? null; }, setItem(name, value) { this.kept[name] = value; } });

// tests/viz/test_tour_file.py reads the same file back.
test("collected views become the file that the app reads", () => {
  const stops = [
    { link: "view=scores&block=8&query=20,31", title: 'Scores, "split"', words: "A backslash \\, a tab\t, and √d." },
    { link: "view=heads&image=coffee", title: "Heads", words: "One map for each head." },
  ];
  assert.equal(tourText("My tour", stops), readFileSync(new URL("my_tour.toml", import.meta.url), "utf8"));
});

test("views are kept in the browser until they are emptied", () => {
  const storage = memory();
  makeMyTour(storage).add({ link: "view=heads", title: "Heads", words: "" });
  const again = makeMyTour(storage);
  assert.equal(again.stops().length, 1);
  again.empty();
  assert.equal(makeMyTour(storage).stops().length, 0);
  assert.deepEqual(makeMyTour(memory({ "sx-my-tour": "{broken" })).stops(), []);
  makeMyTour(null).add({ link: "", title: "", words: "" }); // a frame without storage
});
