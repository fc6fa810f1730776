(() => {
  const root = document.documentElement;
  let stored = new URLSearchParams(location.search).get("theme");
  try { stored ||= localStorage.getItem("theme"); } catch { /* storage may be forbidden */ }
  const dark = stored ? stored === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "dark" : "light";
  // Whoever comes to a place in the page, or comes back, needs its heights at once: see page.css.
  const [{ type } = {}] = performance.getEntriesByType("navigation");
  if (location.hash || type !== "navigate") root.dataset.whole = "";
  if (location.protocol === "file:") root.dataset.file = "";
})();
