// Sphinx's search writes its terms into the storage without asking whether it may: where it may not,
// it would find nothing. No page reads them.
try {
  localStorage.setItem("sphinx_highlight_terms", "");
} catch {
  const value = { getItem: () => null, setItem() {}, removeItem() {} };
  Object.defineProperty(window, "localStorage", { value });
}
