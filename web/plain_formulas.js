
// --- What the build adds to KaTeX: the same drawing in fewer words. ---
// STYLED: the classes that its style sheet has rules for, and PSTRUT what it says of one of them. HOLDING, FAR: those with a rule for their
// children, and for the children of these: no span may come or go there.

const { Span, SymbolNode } = module.exports.__domTree;

const isText = (part) => part instanceof SymbolNode && part.toMarkup()[0] !== "<";
const freed = new WeakSet(); // texts that have lost their span

/** Of freed texts in a row every second has a span again: a browser rounds the width of each. */
function apart(parts) {
  let before = false;
  return parts.map((part) => {
    const meet = before && freed.has(part);
    before = freed.has(part) && !meet;
    return meet ? new Span([], [part]) : part;
  });
}

/** Whether what holds a line open is lower than the line is by its font: 0.91 em up, 0.28 down, before a browser rounds. */
const isIdle = ({ classes: [name], style }) => {
  const [height, depth] = [parseFloat(style.height), -parseFloat(style.verticalAlign ?? 0)];
  return name === "strut" && depth <= 0.25 && height - depth <= 0.85;
};

/** The parts without the names that no rule knows, and without the spans that say nothing then. */
function plainParts(parts, above, further) {
  const held = above.some((name) => HOLDING.has(name)) || further.some((name) => FAR.has(name));
  return parts.flatMap((part) => {
    if (!part.attributes && part.children) return plainParts(part.children, above, further); // a fragment
    if (!(part instanceof Span || part instanceof SymbolNode) || isText(part)) return part;
    if (part.classes.includes("pstrut") && part.style.height === PSTRUT) delete part.style.height;
    const named = part.classes.filter((name) => STYLED.has(name));
    const said = [...named, ...Object.keys(part.style), ...Object.keys(part.attributes ?? {})];
    if (part.classes.includes("base") && part.children.length > 1 && isIdle(part.children[0])) part.children.shift();
    if (part.children) {
      if (!said.length && !held && !part.children.some(isText)) return plainParts(part.children, above, further);
      part.children = apart(plainParts(part.children, named, above));
    }
    if (part.children || named.length || !held) part.classes = named;
    if (isText(part)) freed.add(part);
    return part;
  });
}

/** A formula as HTML, which knows the namespaces itself. */
module.exports.renderToString = (tex, options) => {
  const [root] = plainParts([module.exports.__renderToDomTree(tex, options)], [], []);
  const short = (style) => style.replace(';"', '"').replace(/(?<=[:-])0(?=\.)/g, "");
  return root.toMarkup().replace(/ style="[^"]*"/g, short).replace(/ xmlns="[^"]*"/g, "");
};
