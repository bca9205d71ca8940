import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeFloats } from "../../viz/page/js/draw/decode.js";
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
  const answers = [Response.json({ a: 1 }), new Response("<html>", { status: 500 }), Response.json({ error: "no" }, { status: 413 })];
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

test("a proxy that has no app behind it at the moment is no broken answer", async (context) => {
  for (const status of [502, 503, 504]) {
    context.mock.method(globalThis, "fetch", async () => new Response("<html>", { status }));
    await assert.rejects(makeServer("http://host/", "me").ask("view", {}), { kind: "unreachable" });
  }
});

test("an answer that is long on its way is told of piece by piece; one that comes at once isn't", async (context) => {
  let clock = 0;
  context.mock.method(performance, "now", () => clock);
  const bytes = new TextEncoder().encode('{"state": "ready"}');
  const answerIn = (wait) => {
    const pieces = [bytes.slice(0, 9), bytes.slice(9)];
    const body = new ReadableStream({ pull: (stream) => ((clock += wait), pieces.length ? stream.enqueue(pieces.shift()) : stream.close()) }, { highWaterMark: 0 });
    return new Response(body, { headers: { "X-Length": String(bytes.length), "Content-Length": "640000" } });
  };
  const told = [];
  for (const wait of [10, 700]) {
    context.mock.method(globalThis, "fetch", async () => answerIn(wait));
    assert.deepEqual(await makeServer("http://host/", "me").ask("view", {}, undefined, (arrived) => told.push(arrived)), { state: "ready" });
  }
  assert.deepEqual(told, [{ share: 0.5, kilobytes: 640 }]);
});

test("arrays behind an answer are found where it says", async (context) => {
  const text = '{"panels": [{"data": {"at": 0, "bytes": 3}}, {"data": {"at": 4, "bytes": 8}, "type": "f4"}], "data": null} ';
  const padded = new TextEncoder().encode(text.padEnd(4 * Math.ceil(text.length / 4)));
  const values = Float32Array.of(0.5, NaN);
  const bytes = [...new Uint8Array(Uint32Array.of(padded.length).buffer), ...padded, 7, 8, 9, 0, ...new Uint8Array(values.buffer)];
  context.mock.method(globalThis, "fetch", async (_, request) => {
    assert.match(request.headers.Accept, /^application\/octet-stream/);
    return new Response(new Uint8Array(bytes), { headers: { "Content-Type": "application/octet-stream" } });
  });
  const answer = await makeServer("http://host/", "me").ask("view", {});
  assert.deepEqual([...answer.panels[0].data], [7, 8, 9]);
  assert.deepEqual(decodeFloats({ ...answer.panels[1], factor: 1 }), values);
  assert.equal(answer.data, null);
});
