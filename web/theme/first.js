(() => {
  const root = document.documentElement;
  let stored = new URLSearchParams(location.search).get("theme");
  try { stored ||= localStorage.getItem("theme"); } catch { /* storage may be forbidden */ }
  const dark = stored ? stored === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "dark" : "light";
  if (location.protocol === "file:") root.dataset.file = "";
})();
