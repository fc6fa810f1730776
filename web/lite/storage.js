/** Says on the page of JupyterLite what a reader must know: that this browser keeps nothing, or that the start takes long. */
const PATIENCE = 30_000; // milliseconds, before a reader is told that there is another way
const KEEPS_NOTHING =
  "This browser does not let this page keep anything (cookies and site data are blocked). JupyterLite works, but what you change is gone " +
  "when you reload or close the page. Download your notebook before (File, Download), or allow site data for this address and reload.";
const TAKES_LONG = "JupyterLite has not started yet. You can wait, or take the notebook and open it in Jupyter on your machine.";
const BOX =
  "position: fixed; z-index: 10000; left: 50%; bottom: 2.5rem; translate: -50%; box-sizing: border-box; width: min(44rem, calc(100vw - 1rem)); " +
  "padding: 0.8rem 1rem; border: 1px solid #8a6100; border-radius: 0.5rem; background: #fff6dc; color: #1b1f24; font: 16px/1.45 system-ui, sans-serif";
const BUTTON = "margin: 0.6rem 1rem 0 0; padding: 0.4rem 0.9rem; border: 1px solid #6b5000; border-radius: 0.4rem; background: #fff; color: #1b1f24; font: inherit";

/** Whether JupyterLite finds a place for what it keeps. */
const keeps = () => hasDatabase().then((has) => has || hasLocalStorage());

function hasLocalStorage() {
  try {
    return Boolean(localStorage);
  } catch {
    return false;
  }
}

function hasDatabase() {
  return new Promise((answer) => {
    const request = indexedDB.open("storage-check");
    request.onerror = () => answer(false);
    request.onsuccess = () => {
      request.result.close();
      indexedDB.deleteDatabase("storage-check");
      answer(true);
    };
  }).catch(() => false);
}

function make(tag, style, words, more = {}) {
  return Object.assign(document.createElement(tag), { style, textContent: words, ...more });
}

/** Show words with a way to the notebook that was asked for; returns the box. */
function say(words) {
  const box = make("div", BOX, words, { role: "status" });
  const path = new URLSearchParams(location.search).get("path");
  const answers = make("div", "", "");
  if (path) answers.append(make("a", "margin-right: 1rem; color: #0b5394", "Download the notebook of the book", { href: `../files/${encodeURI(path)}`, download: "" }));
  answers.append(make("button", BUTTON, "Close", { type: "button", onclick: () => box.remove() }));
  box.append(answers);
  document.body.append(box);
  return box;
}

// Where site data are blocked, opening a database may seem to work and then fail in the midst of a notebook: without any,
// JupyterLite takes its memory from the start.
if (!hasLocalStorage()) Object.defineProperty(globalThis, "indexedDB", { value: undefined });

keeps().then((kept) => kept || say(KEEPS_NOTHING));

const started = () => document.querySelector("#main");
setTimeout(() => {
  if (started()) return;
  const box = say(TAKES_LONG);
  new MutationObserver((_, observer) => {
    if (!started()) return;
    observer.disconnect();
    box.remove();
  }).observe(document.body, { childList: true });
}, PATIENCE);
