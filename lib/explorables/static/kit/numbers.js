/**
 * Numbers as readers type them. A spelling that two people read as two numbers is never guessed: both are named.
 * Pure: no document.
 */

const POINT = /^(\d+\.?\d*|\.\d+)$/;
const COMMA = /^(\d+,\d*|,\d+)$/;
const GROUPED = /^([1-9]\d{0,2})((?:[ '’]\d{3})+)(?=[.,]|$)/; // 1 000 and 1'000, as one group or more
const COMMA_GROUPS = /^[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/; // 1,000 and 1,000.5
const POINT_GROUPS = /^[1-9]\d{0,2}((\.\d{3})+,\d+|(\.\d{3}){2,})$/; // 1.000,5 and 1.000.000; 1.000 alone is one
const STRAY_COMMA = /^\d+\.\d{3},\d+$/; // a point, and a comma between the digits after it

const distinct = (values) => [...new Set(values)];

/** What unsigned digits may be, with a point or a comma in them and groups of three. */
function decimals(digits) {
  const text = digits.replace(GROUPED, (whole) => whole.replace(/[ '’]/g, ""));
  const isGrouped = text !== digits;
  const readings = [
    [POINT, text],
    [COMMA, text.replace(",", ".")],
    [COMMA_GROUPS, text.replaceAll(",", "")],
    [POINT_GROUPS, text.replaceAll(".", "").replace(",", ".")],
    [STRAY_COMMA, text.replace(",", "")],
  ];
  const allowed = isGrouped ? readings.slice(0, 2) : readings; // groups are marked in one way only
  return distinct(allowed.filter(([form]) => form.test(text)).map(([, plain]) => Number(plain)));
}

/** What digits with a power of ten may be: 1e-3, 1×10^-3, 10^-3. */
export function powers(text) {
  const [, digits, exponent] = /^(.*?)(?:\s*[×x*·⋅]\s*10\s*(?:\^|\*\*)\s*|e)\(?([-+]?\d+)\)?$/i.exec(text) ?? [];
  if (exponent) return decimals(digits).map((value) => Number(`${value}e${exponent}`));
  const [, alone] = /^10\s*(?:\^|\*\*)\s*\(?([-+]?\d+)\)?$/.exec(text) ?? [];
  return alone ? [Number(`1e${alone}`)] : decimals(text);
}

/** What a text with at most one stroke may be: 1/3, and 1 1/2 for one and a half. */
function fractions(text) {
  const [over, under, ...more] = text.split("/").map((part) => part.trim());
  if (under === undefined || more.length) return more.length ? [] : powers(text);
  const [, whole, rest] = /^(\d+) (\d+)$/.exec(over) ?? [];
  const isMixed = whole && /^\d+$/.test(under) && Number(rest) < Number(under);
  const [, sign, divisor] = /^([-+]?)\s*(.*)$/.exec(under);
  const quotients = powers(over).flatMap((a) => powers(divisor).map((b) => (sign === "-" ? -a / b : a / b)));
  return distinct([...(isMixed ? [Number(whole) + Number(rest) / Number(under)] : []), ...quotients]);
}

/** Any minus as a hyphen, ½ as 1/2, digits as wide as an ideograph as digits, a raised number as a power. */
export function plainly(typed) {
  return typed
    .replace(/([⁺⁻]?)([⁰¹²³⁴-⁹]+)/g, (_, sign, digits) => `^${sign}${digits}`)
    .replace(/[¼-¾⅐-⅞]/g, " $& ")
    .normalize("NFKC")
    .replace(/[−‐-―]/g, "-")
    .replace(/[⁄∕]/g, "/")
    .replace(/\s+/g, " ")
    .trim();
}

/**
 * All the numbers that a reader may have meant: none, one, or two. 0.5, .5, 0,5, −2, 1e-3, 1×10⁻³, 1/3, ½, 1½, 50 %, 1 000
 * and 1,000.5 have one reading; 16,000 and 1.234,5 have two.
 * @param {string} typed @returns {number[]}
 */
export function readingsOf(typed) {
  const [, sign, text, percent] = /^([-+]?) ?(.*?) ?(%?)$/.exec(plainly(typed)) ?? ["", "", "", ""];
  const values = fractions(text).map((value) => (sign === "-" ? -value : value) / (percent ? 100 : 1));
  return distinct(values.filter(Number.isFinite));
}

/** Whether a number is written as this book writes numbers, so that nobody asks how it was read. */
const isPlain = (typed) => /^[-+]? ?(\d+\.?\d*|\.\d+)$/.test(typed.trim().replace("−", "-"));

/** A number in words of its own: with all its digits, or as "about" so much. */
function shown(value) {
  const short = String(Number(value.toPrecision(7)));
  const text = Number(short) === value ? short : `about ${Number(value.toPrecision(4))}`;
  return text.replace(/-/g, "−");
}

/** Which of two numbers a reader meant, as a question. */
const question = (values) => {
  const [one, other] = values.map((value) => String(value).replace(/-/g, "−"));
  return `Do you mean ${one} or ${other}? Write ${one} or ${other}.`;
};

/**
 * The number that a reader typed, and how it was read; or what is to be asked.
 * @param {string} typed
 * @returns {{ value?: number, echo?: string, question?: string }} without a value there is none yet; the echo is ""
 *   where the number was written plainly
 */
export function readNumber(typed) {
  const values = readingsOf(typed.trim().replace(/(,\d+)\.$/, "$1")); // the full stop of a sentence
  if (values.length > 1) return { question: question(values) };
  if (!values.length) return {};
  return { value: values[0], echo: isPlain(typed) ? "" : `Read as ${shown(values[0])}.` };
}
