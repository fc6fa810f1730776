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
