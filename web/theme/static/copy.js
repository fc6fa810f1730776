// A text that is copied brings each formula once, as TeX. A page holds it twice (for eyes and for
// screen readers), and of the formulas of explorables and exercises the browser would copy "19" for 1/9.

const LIVE = "math:not(.katex *)";
const BLOCK = "p, li, td, th, dd, label, div";
const UNTOLD = ".katex-html, .headerlink, button, script, [hidden]";

const group = (nodes) => nodes.map(tex).join("");
const script = (mark) => ([base, ...scripts]) =>
  tex(base) + scripts.map((part, i) => `${mark[i]}{${tex(part)}}`).join("");
const accents = { "^": "\\hat", "¯": "\\bar", "―": "\\overline" };
const spelled = {
  mtext: (_, { textContent }) => `\\text{${textContent}}`,
  mspace: () => " ",
  mfrac: (parts) => `\\frac${parts.map((part) => `{${tex(part)}}`).join("")}`,
  msqrt: (parts) => `\\sqrt{${group(parts)}}`,
  msub: script("_"),
  msup: script("^"),
  msubsup: script("_^"),
  munder: script("_"),
  munderover: script("_^"),
  mover: ([base, over]) => `${accents[over.textContent] ?? `\\overset{${tex(over)}}`}{${tex(base)}}`,
  mtable: (rows, { previousElementSibling: fence }) => {
    const name = fence?.localName === "mo" ? "matrix" : "pmatrix"; // its brackets may stand there already
    return `\\begin{${name}}${rows.map(tex).join(" \\\\ ")}\\end{${name}}`;
  },
  mtr: (cells) => cells.map(tex).join(" & "),
};

/** A node of MathML, as the explorables write it, in TeX. */
function tex(node) {
  if (node.hasAttribute("hidden")) return "";
  const parts = [...node.children];
  const own = spelled[node.localName];
  if (own) return own(parts, node);
  return parts.length ? group(parts) : node.textContent.replace("−", "-");
}

/** Whether a formula goes on where another one ends: long ones are cut so that a line can break there. */
function goesOn(one, next) {
  const between = document.createRange();
  between.setStartAfter(one);
  between.setEndBefore(next);
  return one.closest(BLOCK) === next.closest(BLOCK) && between.toString() === "";
}

/** Put each live formula in TeX, one that is cut as a whole. */
function spellLive(holder) {
  const all = [...holder.querySelectorAll(LIVE)];
  const isFirst = all.map((formula, i) => !i || !goesOn(all[i - 1], formula));
  const texts = all.map((formula, i) => {
    const sign = formula.getAttribute("display") === "block" ? "$$" : "$";
    const isLast = isFirst[i + 1] ?? true;
    return `${isFirst[i] ? sign : ""}${tex(formula).trim()}${isLast ? sign : ""}`;
  });
  all.forEach((formula, i) => formula.replaceWith(texts[i]));
}

/** What stands for a formula in a copied text. */
function source(formula) {
  const sign = formula.matches(".katex-display") ? "$$" : "$";
  return `${sign}${formula.querySelector("annotation").textContent.trim()}${sign}`;
}

const formulaAround = (node) => {
  const element = node.nodeType === 1 ? node : node.parentElement;
  return element.closest(".katex-display") ?? element.closest(`.katex, ${LIVE}`);
};

/** What a range holds, with the formulas at its ends whole. */
function contents(range) {
  const [first, last] = [range.startContainer, range.endContainer].map(formulaAround);
  const wider = range.cloneRange();
  if (first) wider.setStartBefore(first);
  if (last) wider.setEndAfter(last);
  return wider.cloneContents();
}

/** Put each formula in words, and let links and pictures be found from elsewhere. */
function settle(holder) {
  for (const selector of [".katex-display", ".katex"])
    holder.querySelectorAll(selector).forEach((formula) => formula.replaceWith(source(formula)));
  spellLive(holder);
  holder.querySelectorAll(UNTOLD).forEach((node) => node.remove());
  holder.querySelectorAll("a[href]").forEach((link) => link.setAttribute("href", link.href));
  holder.querySelectorAll("img[src]").forEach((image) => image.setAttribute("src", image.src));
  holder.querySelectorAll("section").forEach((section) => (section.style.contentVisibility = "visible"));
}

document.addEventListener("copy", (event) => {
  const selection = getSelection();
  const typed = event.target.closest?.("input, textarea, [contenteditable]");
  if (event.defaultPrevented || typed || selection.isCollapsed) return;
  const holder = document.createElement("div");
  for (let i = 0; i < selection.rangeCount; i++) holder.append(contents(selection.getRangeAt(i)));
  if (!holder.querySelector(`.katex, ${LIVE}`)) return;
  settle(holder);
  Object.assign(holder.style, { position: "fixed", top: 0, right: "100vw", width: "40rem" });
  document.body.append(holder); // only what is on a page has its text in lines
  const text = holder.innerText;
  holder.remove();
  event.clipboardData.setData("text/plain", text);
  event.clipboardData.setData("text/html", holder.innerHTML);
  event.preventDefault();
});
