/**
 * Lets a page whose reader has pressed Run work again without a network, reload included.
 *
 * offline.js registers it, as `sw.js?v=<version of the manifest>`: another version is another worker,
 * with a store of its own. What has a version in its address is taken from the store; everything
 * else comes from the network, and from the store only where no network answers.
 */

const VERSION = new URL(self.location.href).searchParams.get("v") ?? "";
const HOME = self.registration.scope;
const LITE = new URL("lite/", HOME).href;
const STORE = `${HOME} ${VERSION}`;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data?.type !== "keep") return;
  const kept = keep(event.data.urls.filter(isOurs));
  event.waitUntil(kept.then((missing) => event.ports[0]?.postMessage({ type: "kept", missing })));
});

self.addEventListener("fetch", (event) => {
  const { method, url, headers, referrer } = event.request;
  if (method !== "GET" || headers.has("range") || !isOurs(url) || referrer.startsWith(LITE)) return;
  event.respondWith(answer(event));
});

/** Tell whether an address belongs to the pages: other sites and JupyterLite are left alone. */
function isOurs(url) {
  return url.startsWith(HOME) && !url.startsWith(LITE);
}

/** Tell whether other content would have another address. */
function isVersioned({ url, mode }) {
  return mode !== "navigate" && new URL(url).searchParams.has("v");
}

/** Answer from the store what has a version, the rest from the network; offline all from the store. */
async function answer(event) {
  const { request } = event;
  const ready = isVersioned(request) ? await find(request) : undefined;
  if (ready) return ready;
  try {
    return remember(event, await fetch(request));
  } catch (problem) {
    const kept = await find(request, { ignoreSearch: true });
    if (kept) return kept;
    throw problem;
  }
}

/** Store a copy of a sound answer while the page goes on with it. */
function remember(event, response) {
  if (isSound(response)) event.waitUntil(store(event.request, response.clone()));
  return response;
}

/** Tell whether an answer is the whole content of the address that was asked for. */
function isSound(response) {
  return response.status === 200 && response.type === "basic" && !response.redirected;
}

/** Find an answer in the store; undefined where there is none, or no store. */
async function find(request, options) {
  try {
    return await (await caches.open(STORE)).match(request, options);
  } catch {
    return undefined;
  }
}

/** Store an answer, and tell whether there was room and leave to. */
async function store(request, response) {
  try {
    await (await caches.open(STORE)).put(request, response);
    return true;
  } catch {
    return false;
  }
}

/** Store these addresses, then drop older stores; return what could not be had or stored. */
async function keep(urls) {
  const results = await Promise.all(urls.map(keepOne));
  await forgetOldVersions();
  return urls.filter((url, number) => !results[number]);
}

/** Store one address; what has a version may come from an older store or the browser's own cache. */
async function keepOne(url) {
  const request = new Request(url);
  const versioned = isVersioned(request);
  try {
    const old = versioned ? await caches.match(request) : undefined;
    const response = old ?? (await fetch(url, { cache: versioned ? "force-cache" : "default" }));
    return (old || isSound(response)) && (await store(request, response));
  } catch {
    return false;
  }
}

/** Drop the stores of other versions of this site; other sites of the same host keep theirs. */
async function forgetOldVersions() {
  try {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith(`${HOME} `) && name !== STORE);
    await Promise.all(old.map((name) => caches.delete(name)));
  } catch {
    // No store, nothing old.
  }
}
