/**
 * The editor of a cell: CodeMirror 6 in the colours of the book (live.css has them, so that it follows
 * the page into the dark by itself). Bundled, and loaded when a reader first edits.
 */
import { autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { localCompletionSource, pythonLanguage } from "@codemirror/lang-python";
import { bracketMatching, indentUnit, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { Decoration, EditorView, keymap, tooltips, ViewPlugin } from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";

const BUILTINS = new Set(
  ("abs all any bool bytes callable chr complex dict dir divmod enumerate filter float format frozenset getattr " +
    "hasattr hash id input int isinstance issubclass iter len list map max min next object open ord pow print " +
    "property range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip " +
    "self cls ArithmeticError Exception IndexError KeyError NameError TypeError ValueError ZeroDivisionError").split(" "),
);

const colours = tagHighlighter([
  { tag: [tags.keyword, tags.operatorKeyword, tags.bool, tags.null], class: "tok-keyword" },
  { tag: [tags.string, tags.special(tags.string), tags.escape], class: "tok-string" },
  { tag: tags.number, class: "tok-number" },
  { tag: tags.comment, class: "tok-comment" },
  { tag: [tags.operator, tags.derefOperator], class: "tok-operator" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], class: "tok-defined" },
  { tag: tags.meta, class: "tok-builtin" },
]);

/** Mark the names that Python brings along: the grammar does not tell them from others. */
const builtins = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.update({ view, docChanged: true });
    }

    update({ view, docChanged, viewportChanged }) {
      if (docChanged || viewportChanged) this.decorations = markBuiltins(view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

function markBuiltins({ state, visibleRanges }) {
  const marks = [];
  for (const { from, to } of visibleRanges) {
    syntaxTree(state).iterate({
      from,
      to,
      enter(node) {
        const named = node.name === "VariableName" && BUILTINS.has(state.sliceDoc(node.from, node.to));
        if (named) marks.push(Decoration.mark({ class: "tok-builtin" }).range(node.from, node.to));
      },
    });
  }
  return Decoration.set(marks);
}

/** Names from the live Python; while it is not there, those of the cell itself. */
const completions = (complete) => async (context) => {
  const found = await complete(context.state.doc.toString(), context.pos);
  if (!found?.items.length) return localCompletionSource(context);
  return { from: found.from, options: found.items, validFor: /^[\w]*$/ };
};

/**
 * Open an editor in an element.
 * @param {object} options
 * @param {HTMLElement} options.parent
 * @param {string} options.source
 * @param {string} options.label   its name for screen readers
 * @param {string} options.hint    id of the words that say how to leave it
 * @param {{x: number, y: number}} [options.at]  where on the screen the cursor goes
 * @param {(source: string) => void} options.onchange
 * @param {(advance: boolean) => void} options.onrun
 * @param {() => void} options.onleave
 * @param {(code: string, position: number) => Promise<{items: object[], from: number}|undefined>} options.complete
 * @returns {{set: (source: string) => void, focus: () => void}}
 */
export function createEditor({ parent, source, label, hint, at, onchange, onrun, onleave, complete }) {
  const told = (action) => () => {
    action();
    return true;
  };
  const run = (advance) => {
    closeCompletion(view);
    onrun(advance);
  };
  let quiet = false;
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: source,
      extensions: [
        Prec.high(keymap.of([
          { key: "Shift-Enter", run: told(() => run(true)) },
          { key: "Mod-Enter", run: told(() => run(false)) },
          { key: "Ctrl-Enter", run: told(() => run(false)) },
        ])),
        autocompletion({ override: [completions(complete)], icons: false }),
        tooltips({ parent: document.body }), // a section is clipped at its edges
        keymap.of([...completionKeymap, ...closeBracketsKeymap, { key: "Escape", run: told(onleave) }]),
        keymap.of([...historyKeymap, indentWithTab, ...defaultKeymap]),
        history(),
        closeBrackets(),
        bracketMatching(),
        pythonLanguage,
        syntaxHighlighting(colours),
        builtins,
        indentUnit.of("    "),
        EditorState.tabSize.of(4),
        EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": hint, autocapitalize: "off" }),
        EditorView.updateListener.of((update) => update.docChanged && !quiet && onchange(view.state.doc.toString())),
      ],
    }),
  });
  const place = at && view.posAtCoords(at);
  if (place) view.dispatch({ selection: { anchor: place } });
  return {
    set(text) {
      if (text === view.state.doc.toString()) return;
      quiet = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      quiet = false;
    },
    focus: () => view.focus(),
  };
}
