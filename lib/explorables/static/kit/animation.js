/**
 * A steady pace for what runs by itself: so many steps a second on any screen, in the frames of the
 * browser. It rests while it cannot be seen, and stops exactly when told. It only calls `step`,
 * which advances the state: a link restores any moment.
 */

const LATE = 34; // milliseconds: of a longer gap, only one frame more than usual is caught up
const JUMP = 10_000; // steps, for readers who want no motion

/**
 * @param {object} options view: the window; el: what must be on screen; signal: ends it for good;
 *   stepsPerSecond; step(): one step, false at the end; changed(running): it started or stopped;
 *   atMost: how many steps it takes at once for a reader who prefers reduced motion
 * @returns {{ start(): void, stop(): void, toggle(): void, running: boolean }}
 */
export function createAnimation({ view, el, signal, stepsPerSecond, step, changed = () => {}, atMost = JUMP }) {
  let [running, seen, frame, last, due, observer] = [false, true, 0, undefined, 0, undefined];
  const hidden = () => !seen || view.document.hidden;

  /** Ask for a frame unless one is asked for; time that passes unseen does not count. */
  const next = () => {
    if (running && !hidden()) frame ||= view.requestAnimationFrame(tick);
  };
  const rest = () => {
    if (frame) view.cancelAnimationFrame(frame);
    [frame, last] = [0, undefined];
  };
  const look = () => (hidden() ? rest() : next());
  const tick = (time) => {
    frame = 0;
    due += (Math.min(time - (last ?? time), LATE) * stepsPerSecond) / 1000;
    last = time;
    for (; running && due >= 1; due -= 1) if (step() === false) stop();
    next();
  };
  const watch = () => {
    seen = true;
    observer = view.IntersectionObserver && new view.IntersectionObserver((entries) => {
      seen = entries.at(-1).isIntersecting;
      look();
    });
    observer?.observe(el);
    view.document.addEventListener("visibilitychange", look);
  };
  const tell = (now) => {
    running = now;
    changed(now);
  };
  const jump = () => {
    for (let count = 0; count < atMost && step() !== false; ) count += 1;
    changed(false);
  };

  function start() {
    if (running || signal.aborted) return;
    if (view.matchMedia?.("(prefers-reduced-motion: reduce)").matches) return jump();
    due = 1; // the first step at once
    tell(true);
    watch();
    next();
  }
  function end() {
    rest();
    observer?.disconnect();
    view.document.removeEventListener("visibilitychange", look);
  }
  function stop() {
    if (!running) return;
    end();
    tell(false);
  }
  signal.addEventListener("abort", () => {
    running = false;
    end();
  });
  return { start, stop, toggle: () => (running ? stop() : start()), get running() { return running; } };
}
