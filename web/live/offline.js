/**
 * Keeps what this page needs so that it works again without a network; called after the first Run.
 */

/**
 * Register the service worker and let it store the page, Python, and what either may still load. What
 * came of it stands in `<html data-kept="whole|partly|no">`.
 *
 * @param {object} manifest  the site's manifest, of which Python was loaded
 * @returns {Promise<string[]|null>}  the addresses that could not be stored; null where this browser
 *   does not let a page do this (no secure connection, a private window). Never rejects.
 */
export async function keepForOffline(manifest) {
  const missing = await registerAndKeep(manifest).catch(() => null);
  document.documentElement.dataset.kept = missing ? (missing.length ? "partly" : "whole") : "no";
  return missing;
}

async function registerAndKeep(manifest) {
  const script = new URL(`../sw.js?v=${manifest.version}`, import.meta.url);
  const worker = await activated(await navigator.serviceWorker.register(script));
  return ask(worker, addresses(manifest));
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

/** Hand addresses to the worker and wait for its answer. */
function ask(worker, urls) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data.missing);
    worker.postMessage({ type: "keep", urls }, [port2]);
  });
}

/** List what the page and its Python have loaded, and, unless data is dear, what they may load. */
function addresses(manifest) {
  const home = new URL("manifest.json", import.meta.url);
  const base = new URL(manifest.base, home);
  const files = Object.entries(manifest.files);
  const python = files.map(([name, { sha256 }]) => `${new URL(name, base)}?v=${sha256.slice(0, 16)}`);
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const more = navigator.connection?.saveData ? [] : manifest.offline;
  const later = more.map((name) => new URL(name, home).href);
  const all = [location.href, home.href, ...python, ...loaded, ...later];
  return [...new Set(all.map((url) => url.split("#")[0]))];
}
