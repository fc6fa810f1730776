/** The pace of what runs by itself, with a clock of the test's own. */
import assert from "node:assert/strict";
import test from "node:test";
import { createAnimation } from "../../lib/explorables/static/kit/animation.js";

/** A window whose frames come when the test says so. */
function fakeWindow({ still = false } = {}) {
  const [frames, listeners, observers] = [new Map(), new Set(), new Set()];
  let [now, id] = [0, 0];
  const view = {
    document: {
      hidden: false,
      addEventListener: (_, listener) => listeners.add(listener),
      removeEventListener: (_, listener) => listeners.delete(listener),
    },
    requestAnimationFrame: (callback) => { frames.set((id += 1), callback); return id; },
    cancelAnimationFrame: (frame) => frames.delete(frame),
    matchMedia: () => ({ matches: still }),
    IntersectionObserver: class {
      constructor(callback) { this.callback = callback; observers.add(this); }
      observe() {}
      disconnect() { observers.delete(this); }
    },
  };
  const pass = (milliseconds) => {
    now += milliseconds;
    const due = [...frames.values()];
    frames.clear();
    due.forEach((callback) => callback(now));
  };
  const show = (isIntersecting) => observers.forEach((observer) => observer.callback([{ isIntersecting }]));
  const hide = (hidden) => { view.document.hidden = hidden; [...listeners].forEach((listener) => listener()); };
  return { view, pass, show, hide, frames, listeners, observers };
}

/** An animation that counts its steps. */
function counter(options = {}, { end = Infinity, stepsPerSecond = 30 } = {}) {
  const window = fakeWindow(options);
  const life = new AbortController();
  const all = { ...window, life, count: 0, told: [] };
  const step = () => { all.count += 1; return all.count < end; };
  const changed = (running) => all.told.push(running);
  all.animation = createAnimation({ view: window.view, el: {}, signal: life.signal, stepsPerSecond, step, changed });
  return all;
}

const second = (all, hertz) => { for (let i = 0; i < hertz; i += 1) all.pass(1000 / hertz); };

test("the speed is the same on every screen", () => {
  for (const hertz of [60, 90, 120, 144]) {
    const all = counter();
    all.animation.start();
    second(all, 1); // the frame that starts the clock
    const before = all.count;
    second(all, hertz);
    assert.ok(Math.abs(all.count - before - 30) <= 1, `${all.count - before} at ${hertz} Hz`);
  }
});

test("the first step comes with the first frame", () => {
  const all = counter();
  all.animation.start();
  all.pass(16);
  assert.equal(all.count, 1);
});

test("of a long pause only one frame is caught up", () => {
  const all = counter({}, { stepsPerSecond: 60 });
  all.animation.start();
  all.pass(16);
  all.pass(5000);
  assert.ok(all.count <= 4, String(all.count));
});

test("it stops exactly when told, and when the steps are at their end", () => {
  const all = counter();
  all.animation.start();
  second(all, 60);
  all.animation.stop();
  const { count } = all;
  second(all, 60);
  assert.equal(all.count, count);
  assert.equal(all.frames.size + all.listeners.size + all.observers.size, 0);
  assert.deepEqual(all.told, [true, false]);
  const short = counter({}, { end: 5 });
  short.animation.start();
  second(short, 60);
  assert.equal(short.count, 5);
  assert.equal(short.animation.running, false);
  assert.deepEqual(short.told, [true, false]);
});

test("a step that stops the animation is the last", () => {
  const all = counter({}, { stepsPerSecond: 1000 });
  const { view, life } = all;
  let count = 0;
  const animation = createAnimation({
    view, el: {}, signal: life.signal, stepsPerSecond: 1000, step: () => { count += 1; if (count === 3) animation.stop(); },
  });
  animation.start();
  second(all, 60);
  assert.equal(count, 3);
});

test("what cannot be seen does not run", () => {
  const all = counter();
  all.animation.start();
  second(all, 60);
  for (const unseen of [() => all.show(false), () => all.hide(true)]) {
    unseen();
    const { count } = all;
    second(all, 60);
    assert.equal(all.count, count);
    assert.equal(all.frames.size, 0);
    assert.ok(all.animation.running);
    all.show(true);
    all.hide(false);
    second(all, 60);
    assert.ok(all.count > count);
  }
});

test("a reader who wants no motion gets the end at once", () => {
  const all = counter({ still: true }, { end: 50 });
  all.animation.start();
  assert.equal(all.count, 50);
  assert.equal(all.animation.running, false);
  assert.equal(all.frames.size, 0);
});

test("a jump is bounded", () => {
  const all = counter({ still: true });
  all.animation.start();
  assert.equal(all.count, 10_000);
});

test("toggle starts and stops, and the end of a life ends all", () => {
  const all = counter();
  all.animation.toggle();
  assert.ok(all.animation.running);
  all.animation.toggle();
  assert.ok(!all.animation.running);
  all.animation.toggle();
  all.life.abort();
  second(all, 60);
  assert.equal(all.count, 0);
  assert.equal(all.frames.size + all.listeners.size + all.observers.size, 0);
  all.animation.start();
  assert.ok(!all.animation.running);
});

test("a window without observers or media queries will do", () => {
  const { view, pass } = fakeWindow();
  delete view.IntersectionObserver;
  delete view.matchMedia;
  let count = 0;
  const { signal } = new AbortController();
  createAnimation({ view, el: {}, signal, stepsPerSecond: 60, step: () => { count += 1; } }).start();
  pass(16);
  assert.equal(count, 1);
});
