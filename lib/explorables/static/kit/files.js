/**
 * Where the files of the site lie: each has its content in its address, and the page, which has not,
 * says which addresses are of its own build (`<script id="files" type="application/json">`).
 */
let hashes;

/**
 * The address of a file that the page may load later.
 * @param {string} name  from the home of the site, as if it had no hash: "_explorables/fit_line.js"
 * @returns {string}
 */
export function address(name) {
  hashes ??= JSON.parse(document.getElementById("files").textContent);
  const home = new URL(document.documentElement.dataset.content_root, document.baseURI);
  return new URL(name.replace(/\.\w+$/, `.${hashes[name]}$&`), home).href;
}

let tries = 0;

/**
 * Load a script. One that did not come is asked for past the browser's cache, where a bad answer may lie,
 * and then under an address of its own, for browsers remember what failed.
 * @param {string} name  as in `address`
 */
export async function load(name) {
  const script = address(name);
  try {
    return await import(script);
  } catch (problem) {
    const answer = await fetch(script, { cache: "reload" }).catch(() => null);
    if (!answer?.ok) throw problem;
    tries += 1;
    return import(`${script}?again=${tries}`);
  }
}

/** Read a file of JSON; an answer that is no good is asked for again, past the browser's cache. */
export async function read(name) {
  const get = async (cache) => {
    const answer = await fetch(address(name), { cache });
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    return answer.json();
  };
  return get("default").catch(() => get("reload"));
}
