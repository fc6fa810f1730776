(() => {
  const root = document.documentElement;
  let stored = new URLSearchParams(location.search).get("theme");
  try { stored ||= localStorage.getItem("theme"); } catch { /* storage may be forbidden */ }
  const dark = stored ? stored === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "dark" : "light";
  // Whoever comes to a place in the page, or comes back, needs its heights at once: see page.css.
  const [{ type } = {}] = performance.getEntriesByType("navigation");
  if (location.hash || type !== "navigate") root.dataset.whole = "";

  // A script or a style sheet that does not come. A page that a cache has kept may ask for what a newer
  // edition has removed: loaded again, it is the new one. Where that cannot help, the page says what can.
  const here = location.href.replace(/[?#].*/, "");
  // A bad answer may lie in the browser's cache, where loading the page again would meet it again.
  const parts = "script[src], link[rel=stylesheet], link[rel=modulepreload]";
  const renew = () => Promise.allSettled([...document.querySelectorAll(parts)].map(({ src, href }) => fetch(src || href, { cache: "reload" })));
  const link = (href, words, target) => Object.assign(document.createElement("a"), { href, target, textContent: words });
  const words = () => {
    if (location.protocol === "file:") return ["This page was opened from a file, where a browser loads no scripts. Its pictures move, and its code runs, when a web server sends it: serve the folder, for example with “python -m http.server”."];
    if (origin === "null") return ["This page stands in a frame that keeps its scripts from loading. Its pictures move on the page itself: ", link(location.href, here, "_blank")];
    const again = Object.assign(link(location.href, "Reload the page", "_self"), { onclick: () => void renew().then(() => location.reload()) || false });
    return ["A part of this page did not arrive. ", again, "; if that does not help, the site was not copied completely."];
  };
  const say = () => {
    const note = document.createElement("p");
    note.className = "not-loaded";
    note.role = "status";
    note.append(...words());
    if (!document.querySelector(".not-loaded")) document.querySelector("main").prepend(note);
  };
  let renewed;
  const lost = () => {
    const renewable = origin !== "null" && location.protocol !== "file:" && navigator.onLine;
    const early = renewable && type !== "reload" && document.readyState !== "complete";
    if (renewable) renewed ??= renew().then(() => early && location.reload());
    if (early) return;
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", say, { once: true });
    else say();
  };
  addEventListener("error", ({ target }) => {
    if (target.localName === "script" || target.rel === "stylesheet") lost();
  }, true);
})();
