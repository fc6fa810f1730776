import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { parseHTML } from "linkedom";
import { hubOf } from "../../web/live/comms.js";
import { createOutputArea, disconnectAll, plain, pngSize } from "../../web/live/outputs.js";
import { sharedModel } from "../../web/live/shared_model.js";
import { markdown, splitMath } from "../../web/live/markdown.js";

const DOT = // one pixel, and 192 dots an inch
  "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAYAAAB/qH1jAAAACXBIWXMAAB2HAAAdhwGP5fFlAAAADElEQVR42mNgoBAAAABCAAHVOnuQAAAAAElFTkSuQmCC";

let element, kernel, area;

/** A Python that keeps what it is sent, and answers when it is told to. */
function fakeKernel() {
  const listeners = new Set();
  const kernel = {
    generation: 1,
    sent: [],
    answer: async () => true,
    say: (message) => listeners.forEach((listener) => listener({ metadata: {}, buffers: [], ...message })),
    open: (id, state, metadata) => kernel.say({
      msg_type: "comm_open", metadata, content: { comm_id: id, target_name: "jupyter.widget", data: { state } },
    }),
    update: (id, state, method = "update") =>
      kernel.say({ msg_type: "comm_msg", content: { comm_id: id, data: { method, state } } }),
    comms: {
      onMessage(listener) { listeners.add(listener); return () => listeners.delete(listener); },
      send(message, options = {}) { kernel.sent.push(message.content.data); return kernel.answer(message, options); },
    },
  };
  return kernel;
}

function page(built = "") {
  const { document, window } = parseHTML(`<html><head></head><body><div class="cell_output">${built}</div></body></html>`);
  Object.assign(globalThis, { document });
  window.HTMLElement.prototype.getBoundingClientRect = () => ({ height: 120 });
  element = document.querySelector(".cell_output");
  kernel = fakeKernel();
  area = createOutputArea(element, { kernel });
}

const stream = (text, name = "stdout") => ({ output_type: "stream", name, text });
const display = (data, more = {}) => ({ output_type: "display_data", data, metadata: {}, ...more });
const figure = () => display({ "image/png": DOT, "text/plain": "<Figure>" });
const shown = () => [...element.children].map((node) => node.textContent);

beforeEach(() => page("<p>built</p>"));

// ---------------------------------------------------------------------------------------------
// Streams

test("prints that follow each other are one text, in the markup of the book", () => {
  area.clear(true);
  area.append(stream("one\n"));
  area.append(stream("two\n"));
  assert.equal(element.children.length, 1);
  assert.equal(element.querySelector(".output.stream .highlight pre").textContent, "one\ntwo\n");
});

test("what goes to stderr stands apart", () => {
  area.clear(true);
  [stream("a"), stream("b", "stderr"), stream("c")].forEach((output) => area.append(output));
  assert.deepEqual(shown(), ["a", "b", "c"]);
  assert.ok(element.children[1].classList.contains("stderr"));
});

test("a stream is cut where it gets too long, and says so", () => {
  area.clear(true);
  for (let i = 0; i < 25; i += 1) area.append(stream("x".repeat(10_000)));
  const { textContent } = element.querySelector("pre");
  assert.ok(textContent.length < 200_100);
  assert.match(textContent, /the rest is not shown/);
});

test("a progress bar overwrites its line, and colour codes are left out", () => {
  assert.equal(plain("1 %\r50 %\r100 %\ndone"), "100 %\ndone");
  assert.equal(plain("\x1b[31mred\x1b[0m"), "red");
  area.clear(true);
  area.append(stream("10 %"));
  area.append(stream("\r99 %"));
  assert.deepEqual(shown(), ["99 %"]);
});

test("a progress bar that rewrites its line uses nothing up, and what follows it is shown", () => {
  area.clear(true);
  for (let i = 0; i <= 3000; i += 1) area.append(stream(`\r${String(i).padStart(4)} |${"#".repeat(200)}|`)); // 0.6 MB
  assert.deepEqual(shown(), [`3000 |${"#".repeat(200)}|`]);
  area.append(stream("\r"));
  area.append(stream("done"));
  area.append(stream("!\nafter"));
  assert.deepEqual(shown(), [`done!|${"#".repeat(200)}|\nafter`]);
  area.append(stream("wards\r\n"));
  assert.match(shown()[0], /\nafterwards\n$/);
});

test("text that comes in any pieces is the same text", () => {
  const whole = "a\rbc\rd\n\x1b[31mred\x1b[0m\r\nxy\bz\r\r\nlong line\rshort\nlast\rp";
  for (let size = 1; size < whole.length; size += 1) {
    area.clear(true);
    for (let at = 0; at < whole.length; at += size) area.append(stream(whole.slice(at, at + size)));
    assert.deepEqual(shown(), ["dc\nred\nxz\nshortline\npast"], `pieces of ${size}`);
  }
});

test("text is never taken for HTML", () => {
  area.clear(true);
  area.append(stream("<b>1</b>"));
  area.append(display({ "text/plain": "<i>x</i>" }));
  assert.equal(element.querySelector("b, i"), null);
});

// ---------------------------------------------------------------------------------------------
// What stands there until it is replaced

test("the outputs of the build stay until the first new one", () => {
  area.clear(true);
  assert.deepEqual(shown(), ["built"]);
  area.append(stream("new"));
  assert.deepEqual(shown(), ["new"]);
});

test("a run that prints nothing leaves nothing, and its height is given back", async () => {
  area.clear(true);
  assert.match(element.style.minHeight, /px/);
  await area.settle();
  assert.deepEqual(shown(), []);
  assert.equal(element.style.minHeight, "");
});

test("clear_output waits for the next output, or does not wait", () => {
  area.clear(true);
  area.append(stream("old"));
  area.append({ output_type: "clear_output", wait: true });
  assert.deepEqual(shown(), ["old"]);
  area.append(stream("new"));
  assert.deepEqual(shown(), ["new"]);
  area.append({ output_type: "clear_output", wait: false });
  assert.deepEqual(shown(), []);
});

test("a picture that is drawn again is the same element: it cannot flicker", () => {
  area.clear(true);
  area.append(figure());
  const img = element.querySelector("img");
  area.append({ output_type: "clear_output", wait: true });
  area.append(figure());
  assert.equal(element.querySelector("img"), img);
  assert.equal(element.querySelectorAll("img").length, 1);
});

test("the outputs of the build come back", () => {
  area.clear(true);
  area.append(stream("new"));
  area.restore();
  assert.deepEqual(shown(), ["built"]);
  area.clear(true);
  area.append(stream("newer"));
  assert.deepEqual(shown(), ["newer"]);
});

test("a wait is said, and is gone with the next output", () => {
  area.clear(true);
  area.append({ output_type: "waiting", step: "Loading matplotlib" });
  assert.deepEqual(shown(), ["Loading matplotlib …"]);
  area.append(stream("new"));
  assert.deepEqual(shown(), ["new"]);
});

// ---------------------------------------------------------------------------------------------
// Pictures, HTML, errors

test("a picture is as large as the figures of the book, and says what it is", () => {
  assert.deepEqual(pngSize(DOT), { width: 2, height: 1 }); // 4 × 2 dots at 192 an inch
  area.clear(true);
  area.append(figure());
  const img = element.querySelector("img");
  assert.equal(img.getAttribute("width"), "2");
  assert.equal(img.alt, "Figure made by this cell");
  area.append(display({ "image/png": DOT }, { metadata: { "image/png": { width: 300, height: 150 } } }));
  assert.equal(element.querySelectorAll("img")[1].getAttribute("width"), "300");
});

test("an SVG is a picture: nothing in it can run", () => {
  area.clear(true);
  area.append(display({ "image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>" }));
  assert.match(element.querySelector("img").getAttribute("src"), /^data:image\/svg\+xml;charset=utf-8,%3Csvg/);
  assert.equal(element.querySelector("svg, script"), null);
});

test("a figure keeps the caption and the anchor that the text refers to", () => {
  page('<figure id="fig-a"><img src="a.png"><figcaption>Fig. 1</figcaption></figure>');
  for (let run = 0; run < 2; run += 1) {
    area.clear(true);
    area.append(figure());
    area.append(figure());
    assert.equal(element.querySelectorAll("#fig-a").length, 1);
    assert.match(element.querySelector("#fig-a img").getAttribute("src"), /^data:image\/png/);
    assert.equal(element.querySelector("#fig-a figcaption").textContent, "Fig. 1");
    assert.equal(element.querySelectorAll("img").length, 2);
  }
});

test("a wide table scrolls by itself and can be reached by key", () => {
  area.clear(true);
  area.append(display({ "text/html": "<table><tr><td>1</td></tr></table>", "text/plain": "1" }));
  assert.equal(element.querySelector("table").parentNode.className, "table-wrapper");
  assert.equal(element.querySelector(".table-wrapper").getAttribute("tabindex"), "0");
});

test("HTML that brings a script says that it does not run here", () => {
  area.clear(true);
  area.append(display({ "text/html": "<b>x</b><script>alert(1)</script>" }));
  assert.match(element.textContent, /does not run.*JupyterLite/);
});

test("an error shows its name, the hint and the traceback", () => {
  area.clear(true);
  area.append({ output_type: "error", ename: "NameError", evalue: "name 'w' is not defined",
    traceback: ["Cell 3, line 1", "NameError"], hint: "Run the cells above first." });
  assert.equal(element.querySelector(".error-name").textContent, "NameError: name 'w' is not defined");
  assert.equal(element.querySelector(".error-hint").textContent, "Run the cells above first.");
  assert.equal(element.querySelector("pre").textContent, "Cell 3, line 1\nNameError");
});

test("what the page cannot show is named, and where it can be seen", () => {
  area.clear(true);
  area.append(display({ "application/x-thing": "1" }));
  assert.match(element.textContent, /application\/x-thing.*JupyterLite/);
});

// ---------------------------------------------------------------------------------------------
// Displays that change

test("an update reaches the display in whichever cell it stands", () => {
  const other = document.body.appendChild(document.createElement("div"));
  const second = createOutputArea(other, { kernel });
  area.clear(true);
  const transient = { display_id: "d" };
  area.append(display({ "text/plain": "before" }, { transient }));
  second.append({ ...display({ "text/plain": "after" }, { transient }), output_type: "update_display_data" });
  assert.deepEqual(shown(), ["after"]);
  assert.equal(other.textContent, "");
});

test("a list of outputs keeps what has not changed", () => {
  area.show([stream("a"), figure()]);
  const [first, img] = element.children;
  area.show([stream("a"), display({ "image/png": DOT, "text/plain": "another" }), stream("c")]);
  assert.equal(element.children[0], first);
  assert.equal(element.children[1], img);
  assert.equal(element.children.length, 3);
  area.show([stream("c")]);
  assert.deepEqual(shown(), ["c"]);
});

// ---------------------------------------------------------------------------------------------
// Texts

test("formulas are marked, and money is not a formula", () => {
  assert.equal((splitMath("$\\displaystyle w^2$").match(/data-display="true"/g) ?? []).length, 1);
  assert.match(splitMath("so $a < b$ holds"), /so <span class="math" translate="no" data-display="false" data-tex="a &lt; b">/);
  assert.match(splitMath("$$x$$"), /<div class="math" translate="no" data-display="true" data-tex="x">/);
  assert.match(splitMath("\\begin{align}a&=b\\end{align}"), /data-tex="\\begin\{align\}a&amp;=b\\end\{align\}"/);
  assert.doesNotMatch(splitMath("it costs $5 and $6"), /data-tex/);
});

test("Markdown becomes HTML, and HTML in it does not", () => {
  const made = `<p><strong>One</strong></p><p>two <b>b</b> <i>i</i> <code translate="no">c&lt;d</code></p>`;
  assert.equal(markdown("# One\n\ntwo **b** *i* `c<d`"), made);
  assert.equal(markdown("- a\n- b\n  more"), "<ul><li>a</li><li>b more</li></ul>");
  assert.equal(markdown("1. a\n2. b"), "<ol><li>a</li><li>b</li></ol>");
  assert.equal(markdown("```python\nx < 1\n```"), '<div class="highlight"><pre translate="no">x &lt; 1\n</pre></div>');
  assert.equal(markdown("<img src=x onerror=alert(1)>"), "<p>&lt;img src=x onerror=alert(1)&gt;</p>");
  assert.equal(markdown("[a](javascript:alert(1))"), "<p>a)</p>");
  assert.match(markdown("[a](https://example.org/b)"), /<a href="https:\/\/example.org\/b" rel="noreferrer">a<\/a>/);
});

test("a formula has a length that can be set, and begins where the last sign for one stands", () => {
  const long = "x".repeat(20_000);
  for (const text of [`$${long}$`, `$$${long}$$`, `\\[${long}\\]`, `\\(${long}\\)`]) assert.equal(splitMath(text), text);
  assert.match(splitMath("\\[ \\[x\\]"), /^\\\[ <div class="math"[^>]* data-tex="x">/);
  assert.match(splitMath("\\( \\(x\\)"), /^\\\( <span class="math"[^>]* data-tex="x">/);
  assert.equal(markdown("[[a](b)"), '<p>[<a href="b" rel="noreferrer">a</a></p>');
});

test("HTML of a cell styles no more than itself, and hides nothing from the page's own scripts", () => {
  globalThis.CSSScopeRule = class {};
  area.append(display({ "text/html": '<style>* { display: none }</style><img name="createElement"><form name="body"></form><input name="kept">' }));
  delete globalThis.CSSScopeRule;
  assert.equal(element.querySelector("style").textContent, "@scope {* { display: none }\n}");
  assert.deepEqual([...element.querySelectorAll("[name]")].map(({ localName }) => localName), ["input"]);
});

/** The cells of the tables in an output of Markdown, row by row. */
function tableOf(text) {
  area.clear(true);
  area.append(display({ "text/markdown": text }));
  return [...element.querySelectorAll(".table-wrapper table tr")].map((row) => [...row.children].map((cell) => cell.innerHTML));
}

test("a table in Markdown is a table, with its sides, and no stroke or dash of it is left", () => {
  const printed = "|    x |   y | name   |\n|-----:|----:|:-------|\n|  0   | 1.5 | `a|b`  |\n|  0.5 | 2   | c\\|d |"; // as pandas writes it
  assert.deepEqual(tableOf(printed), [["x", "y", "name"], ["0", "1.5", "<code translate=\"no\">a|b</code>"], ["0.5", "2", "c|d"]]);
  assert.equal(element.querySelectorAll("th.text-right").length, 2);
  assert.doesNotMatch(element.textContent.replace(/a\|b|c\|d/g, ""), /[|]|--/);
  assert.deepEqual(tableOf("a | b\n--- | :-:\n1 | **2** | 3\n4"), [["a", "b"], ["1", "<b>2</b>"], ["4", ""]]);
  assert.equal(element.querySelectorAll(".text-center").length, 3);
  assert.deepEqual(tableOf("| one |\n|---|\n| <img src=x> |"), [["one"], ["&lt;img src=x&gt;"]]);
});

test("text above a table, formulas in it and several of them are shown as such", () => {
  assert.match(markdown("Losses:\n| $|x|$ | cost |\n|--|--|\n| $a|b$ | $5 |"), /^<p>Losses:<\/p><table>.*data-tex="\|x\|".*data-tex="a\|b".*<td>\$5<\/td>/);
  assert.equal(tableOf("|a|\n|-|\n|1|\n\ntext\n\n|b|\n|-|\n|2|").length, 4);
});

test("strokes and dashes that make no table stay what they are", () => {
  for (const text of ["a | b", "a | b\nc | d", "a\n---", "a | b\n---", "| a | b |\n|---|", "p(y|x)\n- item"]) {
    assert.deepEqual(tableOf(text), [], text);
  }
  assert.match(markdown("```\n|a|\n|-|\n```"), /<pre translate="no">\|a\|/);
});

// ---------------------------------------------------------------------------------------------
// Comms

test("a comm is known before anything shows it, with its latest state", () => {
  const hub = hubOf(kernel);
  kernel.open("m", { value: 1 });
  kernel.update("m", { value: 2 });
  kernel.update("m", { value: 9 }, "echo_update");
  assert.equal(hub.comms.get("m").state.value, 2);
});

test("binary values stand where they belong", () => {
  const { buffer } = new Uint8Array([7, 8]);
  kernel.say({ msg_type: "comm_open", buffers: [buffer], content: { comm_id: "m", data: {
    state: { picture: { bytes: null } }, buffer_paths: [["picture", "bytes"]] } } });
  assert.equal(hubOf(kernel).comms.get("m").state.picture.bytes.getUint8(1), 8);
});

test("a widget of a Python that is gone is no longer live, and is not mistaken for one of the next", async () => {
  kernel.open("m", { value: 1 });
  const comm = hubOf(kernel).comms.get("m");
  kernel.generation = 2;
  disconnectAll(kernel);
  assert.equal(await comm.send({ method: "update" }), false);
  assert.deepEqual(kernel.sent, []);
  area.clear(true);
  area.append(display({ "application/vnd.jupyter.widget-view+json": { model_id: "m" }, "text/plain": "FloatSlider()" }));
  assert.equal(element.querySelector("button[data-run-cell]").textContent, "Run to make it live");
});

// ---------------------------------------------------------------------------------------------
// The state that an explorable shares with Python

function createModel(state) {
  const listeners = [];
  return {
    get: (name) => state[name],
    set(name, value) { state[name] = value; listeners.forEach(([event, heard]) => event === `change:${name}` && heard()); },
    on: (event, heard) => listeners.push([event, heard]),
    off() {},
    save_changes() {},
    tell: (note) => said.push(note),
  };
}
const said = []; // to readers

function picture(state = { w: 1, b: 0, layout: "IPY_MODEL_x", _view_name: "AnyView" }) {
  kernel.open("fit", state, { explorable: "fit_line" });
  const comm = hubOf(kernel).comms.get("fit");
  return sharedModel(comm, createModel);
}

const settled = () => new Promise((done) => setTimeout(done));

test("what Python sets moves the picture, and is not sent back", () => {
  const model = picture();
  const seen = [];
  model.on("change:w", () => seen.push(model.get("w")));
  kernel.update("fit", { w: 2 });
  model.save_changes();
  assert.deepEqual(seen, [2]);
  assert.deepEqual(kernel.sent, []);
});

test("what the page sets goes to Python; changes that pile up go as one", async () => {
  const model = picture();
  const waiting = [];
  kernel.answer = () => new Promise((done) => waiting.push(done));
  for (const w of [1.1, 1.2, 1.3, 1.4]) {
    model.set("w", w);
    model.save_changes();
  }
  assert.deepEqual(kernel.sent.map(({ state }) => state), [{ w: 1.1 }]);
  waiting.shift()(true);
  await settled();
  assert.deepEqual(kernel.sent.map(({ state }) => state), [{ w: 1.1 }, { w: 1.4 }]);
});

test("a value of the page alone is not sent", () => {
  const model = picture();
  model.set("layout", "x");
  model.save_changes();
  assert.deepEqual(kernel.sent, []);
});

test("what Python refuses is set back, and the reason is said", async () => {
  const model = picture();
  kernel.answer = async ({ content: { data } }, { onoutput }) => {
    if (data.method === "update") onoutput({ output_type: "error", evalue: "w must be finite." });
    else kernel.update("fit", { w: 1, b: 0 });
    return true;
  };
  model.set("w", Infinity);
  model.save_changes();
  await settled();
  assert.equal(model.get("w"), 1);
  assert.match(said.at(-1), /w must be finite/);
});

test("two views of an explorable have one model", () => {
  picture();
  const comm = hubOf(kernel).comms.get("fit");
  assert.equal(sharedModel(comm, createModel), sharedModel(comm, createModel));
});

test("when Python is gone the picture stays usable alone and says so", () => {
  const model = picture();
  kernel.generation = 2;
  disconnectAll(kernel);
  model.set("w", 3);
  model.save_changes();
  assert.equal(model.get("w"), 3);
  assert.deepEqual(kernel.sent, []);
  assert.match(said.at(-1), /goes on alone/);
});
