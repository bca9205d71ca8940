import assert from "node:assert/strict";
import { test } from "node:test";
import { visitorSecret } from "../../viz/page/js/model/visitor.js";
import { makeServer } from "../../viz/page/js/source/server.js";

test("a visitor's secret is made once and kept", () => {
  const kept = new Map();
  const storage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) };
  const secret = visitorSecret(storage);
  assert.match(secret, /^[0-9a-f]{36}$/);
  assert.equal(visitorSecret(storage), secret);
  assert.notEqual(visitorSecret(null), visitorSecret(null));
});

test("the server is asked beside the page, under whatever path that is, and failures on the way are told apart", async (context) => {
  const asked = [];
  const answers = [Response.json({ a: 1 }), new Response("<html>", { status: 502 }), Response.json({ error: "no" }, { status: 413 })];
  context.mock.method(globalThis, "fetch", async (address, request) => {
    asked.push([String(address), request.body]);
    const answer = answers.shift();
    if (!answer) throw new TypeError("Failed to fetch");
    return answer;
  });
  const server = makeServer("http://host/under/this/?block=3", "me");
  assert.deepEqual(await server.ask("view", { selection: { block: "3" } }), { a: 1 });
  assert.deepEqual(asked[0], ["http://host/under/this/ask/view", '{"visitor":"me","selection":{"block":"3"}}']);
  await assert.rejects(server.ask("view", {}), { kind: "broken" });
  assert.deepEqual(await server.upload(new Blob(["x"]), "zh"), { error: "no" });
  await assert.rejects(server.ask("view", {}), { kind: "unreachable" });
});

test("an answer that is long on its way is told of piece by piece; one that comes at once isn't", async (context) => {
  context.mock.timers.enable({ apis: ["Date"] });
  const bytes = new TextEncoder().encode('{"state": "ready"}');
  const answerIn = (wait) => {
    const pieces = [bytes.slice(0, 9), bytes.slice(9)];
    const body = new ReadableStream({ pull: (stream) => (context.mock.timers.tick(wait), pieces.length ? stream.enqueue(pieces.shift()) : stream.close()) }, { highWaterMark: 0 });
    return new Response(body, { headers: { "X-Length": String(bytes.length), "Content-Length": "640000" } });
  };
  const told = [];
  for (const wait of [10, 700]) {
    context.mock.method(globalThis, "fetch", async () => answerIn(wait));
    assert.deepEqual(await makeServer("http://host/", "me").ask("view", {}, undefined, (arrived) => told.push(arrived)), { state: "ready" });
  }
  assert.deepEqual(told, [{ share: 0.5, kilobytes: 640 }]);
});
