/** What the page says about Python, in words for readers. */

const KEPT = "Your edits are kept.";
const RENEWED = "The book may have been updated since you opened this page: reload it.";

/** Why Python did not start, and what to do. */
export const FAILURES = {
  unavailable: (detail) => `This copy of the book was built without Python for its pages${detail ? `: ${detail}` : "."}`,
  offline: () => `You are offline, and Python for this page has not been downloaded yet. Connect, then try again. ${KEPT}`,
  missing: (detail) => `A file that Python needs is not on this server${detail ? ` (${detail})` : ""}. ${RENEWED} If that does not help, the site was not copied completely. ${KEPT}`,
  hash: (detail) => `A file arrived changed${detail ? ` (${detail})` : ""}, so it was not used. ${RENEWED} If it happens again, the copy on the server is damaged. ${KEPT}`,
  wasm: () => `This browser does not let the page use WebAssembly, which Python runs on. Allow it for this site, or use another browser. ${KEPT}`,
  memory: () => `The memory of the browser was not enough for Python. Close other tabs, or make the arrays of the cell smaller, then try again. ${KEPT}`,
  file: () => "This page was opened from a file, and Python needs a web server: serve the folder, for example with `python -m http.server`, and open the page from there.",
  crashed: () => `Python crashed, and its variables are gone. A function that calls itself without end can do that, or an expression of many thousand terms. ${KEPT}`,
  other: (detail) => `Python did not start${detail ? `: ${detail}` : "."} ${KEPT}`,
};

/** What a stopped cell is told; `line` is where it was met. */
export function stoppedWords({ variables, line }) {
  if (variables === "kept") return `Stopped${line ? ` in line ${line}` : ""}. The variables are kept as they were then.`;
  if (variables === "off") return "Stopped before Python had started. What was downloaded is kept: Run goes on from there.";
  return "Stopped. Python was restarted, and its variables are gone.";
}

export const failureWords = ({ reason, detail } = { reason: "other" }) => (FAILURES[reason] ?? FAILURES.other)(detail);

/** Bytes as a reader counts them: "9 MB", "3.1". */
export const megabytes = (bytes, digits = 0) => (bytes / 1e6).toFixed(digits);

/** The bytes that a first Run loads: Python with numpy, and all of it with figures. */
export function downloadSizes({ files, packages }) {
  const names = Object.keys(files);
  const later = names.findIndex((name) => name.startsWith(`${packages.then[0]}-`));
  const sum = (list) => list.reduce((total, name) => total + files[name].transfer, 0);
  return { first: sum(later < 0 ? names : names.slice(0, later)), all: sum(names) };
}

/** The honest question before a download that may cost the reader something. */
export function downloadQuestion(sizes) {
  return `Python for this page is a download of ${megabytes(sizes.first)} MB (${megabytes(sizes.all)} MB with figures), kept for next time.`;
}

/** Whether a connection is slow, or paid by the byte. */
export function costly(connection) {
  return Boolean(connection && (connection.saveData || connection.type === "cellular" || /2g|3g/.test(connection.effectiveType ?? "")));
}
