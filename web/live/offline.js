/**
 * Keeps what this page needs so that it works again without a network; called after the first Run.
 */

const HOME = new URL(document.documentElement.dataset.content_root, document.baseURI);

/**
 * Register the service worker and let it store the page, Python, and what either may still load. What
 * came of it stands in `<html data-kept="whole|partly|no">`.
 *
 * @returns {Promise<string[]|null>}  the addresses that could not be stored; null where this browser
 *   does not let a page do this (no secure connection, a private window). Never rejects.
 */
export async function keepForOffline() {
  const missing = await registerAndKeep().catch(() => null);
  document.documentElement.dataset.kept = missing ? (missing.length ? "partly" : "whole") : "no";
  return missing;
}

/** Start the service worker of the build that the server has now: its version is the hash of its list. */
async function registerAndKeep() {
  const list = await fetch(new URL("_live/kept.json", HOME), { cache: "no-cache" });
  if (!list.ok) throw new Error(list.statusText);
  const script = new URL(`sw.js?v=${await hashOf(await list.arrayBuffer())}`, HOME);
  const worker = await activated(await navigator.serviceWorker.register(script));
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const figures = Array.from(document.images, (image) => image.src); // she may not have come to all
  const seen = [location.href, ...loaded, ...figures];
  return ask(worker, { type: "keep", seen, sparing: Boolean(navigator.connection?.saveData) });
}

async function hashOf(content) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Wait until the newest worker of a registration is in charge, and return it. */
async function activated(registration) {
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  while (worker.state !== "activated") {
    if (worker.state === "redundant") throw new Error("The service worker was replaced.");
    await new Promise((done) => worker.addEventListener("statechange", done, { once: true }));
  }
  return worker;
}

/** Ask the worker for something and wait for its answer. */
function ask(worker, message) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data.missing);
    worker.postMessage(message, [port2]);
  });
}
