/**
 * The state of an explorable as a part of the address: #fit-line=w:0.5,b:1,loss:huber
 * A list is x:1;2;3, and no number at all is x: alone. Several explorables share an address with "&";
 * a plain anchor such as #exercises is left alone.
 */

const partsOf = (hash) => hash.replace(/^#/, "").split("&").filter(Boolean);
const numberOf = (text) => (text.trim() === "" ? NaN : Number(text));

/** A text as a value of the kind that the default has, or undefined. */
function valueOf(text, kind) {
  if (typeof kind === "string") return text || undefined;
  if (typeof kind === "boolean") return { true: true, false: false }[text];
  const numbers = Array.isArray(kind) && text === "" ? [] : text.split(";").map(numberOf);
  if (!numbers.every(Number.isFinite)) return undefined;
  if (Array.isArray(kind)) return numbers;
  return numbers.length === 1 ? numbers[0] : undefined;
}

/** One "name:value" as an entry of the right kind, or null. */
function entryOf(text, defaults) {
  const [name, value, more] = text.split(":").map(decodeURIComponent);
  if (more !== undefined || value === undefined || !Object.hasOwn(defaults, name)) return null;
  const found = valueOf(value, defaults[name]);
  return found === undefined ? null : [name, found];
}

/**
 * Read a state from an address.
 * @param {string} hash @param {string} key @param {Record<string, any>} defaults
 * @param {(name: string, value: any, state: object) => boolean} accepts each value, in its state
 * @returns {{ state: object } | null} null if the address has none; the state is undefined if it
 *   is there but cannot be read
 */
export function readLink(hash, key, defaults, accepts) {
  const part = partsOf(hash).find((candidate) => candidate.startsWith(`${key}=`));
  if (part === undefined) return null;
  try {
    const entries = part.slice(key.length + 1).split(",").map((text) => entryOf(text, defaults));
    if (!entries.every(Boolean)) return { state: undefined };
    const state = { ...defaults, ...Object.fromEntries(entries) };
    return { state: entries.every((entry) => accepts(...entry, state)) ? state : undefined };
  } catch {
    return { state: undefined };
  }
}

const textOf = (value) => (Array.isArray(value) ? value.join(";") : encodeURIComponent(value));
const same = (a, b) => textOf(a) === textOf(b);

/** The explorable that an address leads to: the last that it speaks of. */
export const leadsTo = (hash) => partsOf(hash).at(-1)?.match(/^([^=]+)=/)?.[1];

/** The address with this state in it, as the last part; a state that is the default needs no part of its own. */
export function writeLink(hash, key, state, defaults) {
  const others = partsOf(hash).filter((part) => part.includes("=") && !part.startsWith(`${key}=`));
  const changed = Object.keys(defaults).filter((name) => !same(state[name], defaults[name]));
  const text = changed.map((name) => `${name}:${textOf(state[name])}`).join(",");
  return [...others, ...(text ? [`${key}=${text}`] : [])].join("&");
}

/** An address that leads to this explorable, whatever its state. */
export function linkTo(hash, key, state, defaults) {
  const address = writeLink(hash, key, state, defaults);
  const [name] = Object.keys(defaults);
  return leadsTo(address) === key ? address : `${address && `${address}&`}${key}=${name}:${textOf(state[name])}`;
}
