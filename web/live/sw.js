/**
 * Lets a page whose reader has pressed Run work again without a network, reload included.
 *
 * It knows one build of the site. offline.js registers it as `sw.js?v=<hash of _live/kept.json>`; that
 * list has the hash of every file that may be stored. So no cell and no page can change what a worker
 * trusts: nothing goes into its store, and nothing comes out, whose hash is not in the list that its own
 * address names. What has its content in its address is taken from the store; everything else comes from
 * the network, and from the store only where no network answers.
 */

const VERSION = new URL(self.location.href).searchParams.get("v") ?? "";
const HOME = self.registration.scope;
const LITE = new URL("lite/", HOME).href;
const STORE = `${HOME} ${VERSION}`;
const LIST = "_live/kept.json";
const AT_ONCE = 8; // files that are fetched, or copied from an older store, side by side

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data?.type !== "keep") return;
  event.waitUntil(keep(event.data).then((missing) => event.ports[0]?.postMessage({ type: "kept", missing })));
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

/** The name of a file in the list, from its address; some hosts send `intro.html` for `intro`, too. */
function nameOf(url) {
  const { origin, pathname } = new URL(url);
  const name = decodeURIComponent(`${origin}${pathname}`.slice(HOME.length)) || "index.html";
  return /\.\w+$/.test(name) ? name : `${name}.html`;
}

const addressOf = (name) => new URL(name, HOME).href;

/** Answer from the store what has its content in its address, the rest from the network; offline all from the store. */
async function answer(event) {
  const { request } = event;
  const name = nameOf(request.url);
  const hash = await hashOf(name);
  if (!hash || isOfAnotherBuild(request, hash)) return fetch(request);
  const ready = isLasting(request) && !isPastCaches(request) ? await find(name, hash) : undefined;
  if (ready) return ready;
  try {
    const response = await fetch(request);
    event.waitUntil(remember(name, hash, response.clone()));
    return response;
  } catch (problem) {
    const kept = await find(name, hash);
    if (kept) return kept;
    throw problem;
  }
}

const versionIn = (request) => new URL(request.url).searchParams.get("v");

/** Tell whether a request asks for other bytes than this build has under that name. */
function isOfAnotherBuild(request, hash) {
  const version = request.mode === "navigate" ? null : versionIn(request);
  return version !== null && !hash.startsWith(version);
}

/** Tell whether other content would have another address. */
function isLasting(request) {
  return request.mode !== "navigate" && (/\.[0-9a-f]{10}\.\w+(\?|$)/.test(request.url) || versionIn(request) !== null);
}

/** Tell whether somebody asks again because a stored copy was bad. */
function isPastCaches({ cache }) {
  return cache === "reload" || cache === "no-store";
}

// ---------------------------------------------------------------------------------------------
// The list, and the hashes in it

let list; // {python, parts, seen}: file names with their hashes; undefined until it is known

async function hashOf(name) {
  if (name === LIST) return VERSION;
  list ??= await readList(await find(LIST, VERSION));
  return list && { ...list.seen, ...list.parts, ...list.python }[name];
}

const readList = async (response) => (response ? response.json() : undefined);

async function digest(content) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** An answer whose bytes are the right ones, or nothing. */
async function checked(response, hash) {
  if (response?.status !== 200) return undefined;
  const content = await response.arrayBuffer();
  return (await digest(content)) === hash ? new Response(content, { headers: response.headers }) : undefined;
}

// ---------------------------------------------------------------------------------------------
// The store

/** Find a file in the store; undefined where it is not there, or not what it was, or there is no store. */
async function find(name, hash) {
  try {
    const store = await caches.open(STORE);
    const kept = await store.match(addressOf(name));
    const right = await checked(kept, hash);
    if (kept && !right) await store.delete(addressOf(name));
    return right;
  } catch {
    return undefined;
  }
}

/** Store an answer if it is the right one; tell whether it is stored now. */
async function remember(name, hash, response) {
  try {
    const right = await checked(response, hash);
    if (!right) return false;
    await (await caches.open(STORE)).put(addressOf(name), right);
    return true;
  } catch {
    return false;
  }
}

/** Store what a page needs, then drop older stores; return the addresses that could not be had or stored. */
async function keep({ seen, sparing }) {
  if (!(await keepOne(LIST, VERSION))) return [addressOf(LIST)];
  list = await readList(await find(LIST, VERSION));
  if (!list) return [addressOf(LIST)];
  const opened = new Set(seen.filter(isOurs).map(nameOf));
  const wanted = Object.entries({ ...list.seen, ...list.parts })
    .filter(([name]) => opened.has(name) || (!sparing && name in list.parts));
  const missing = await keepAll([...Object.entries(list.python), ...wanted]);
  await forgetOldVersions();
  return missing;
}

/** Store files, a few at a time. */
async function keepAll(files) {
  const [waiting, missing] = [[...files], []];
  const work = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      if (!(await keepOne(...file))) missing.push(addressOf(file[0]));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return missing;
}

/** Store one file: from this store, an older one, the browser's own cache, or else past it. */
async function keepOne(name, hash) {
  if (await find(name, hash)) return true;
  const url = addressOf(name);
  const versioned = list && name in list.python ? `${url}?v=${hash.slice(0, 16)}` : url;
  const ways = [
    async () => caches.match(url, { ignoreSearch: true }),
    async () => fetch(versioned, { cache: "force-cache" }),
    async () => fetch(versioned, { cache: "reload" }),
  ];
  for (const way of ways) {
    const response = await way().catch(() => undefined);
    if (response && await remember(name, hash, response)) return true;
  }
  return false;
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
