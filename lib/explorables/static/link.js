/**
 * The state of an explorable as a part of the address: #fit-line=w:0.5,b:1,loss:huber
 * Several explorables share an address with "&"; a plain anchor such as #exercises is left alone.
 */

const partsOf = (hash) => hash.replace(/^#/, "").split("&").filter(Boolean);

/** One "name:value" as an entry of the right kind, or null. */
function entryOf(text, defaults) {
  const [name, value, more] = text.split(":").map(decodeURIComponent);
  if (more !== undefined || !value || !Object.hasOwn(defaults, name)) return null;
  if (typeof defaults[name] === "string") return [name, value];
  const number = Number(value);
  return Number.isFinite(number) ? [name, number] : null;
}

/**
 * Read a state from an address.
 * @param {string} hash @param {string} key @param {Record<string, number | string>} defaults
 * @param {(name: string, value: number | string) => boolean} accepts
 * @returns {{ state: object } | null} null if the address has none; the state is undefined if it
 *   is there but cannot be read
 */
export function readLink(hash, key, defaults, accepts) {
  const part = partsOf(hash).find((candidate) => candidate.startsWith(`${key}=`));
  if (part === undefined) return null;
  try {
    const entries = part.slice(key.length + 1).split(",").map((text) => entryOf(text, defaults));
    const good = entries.every((entry) => entry && accepts(...entry));
    return { state: good ? { ...defaults, ...Object.fromEntries(entries) } : undefined };
  } catch {
    return { state: undefined };
  }
}

/** The address with this state in it; a state that is the default needs no part of its own. */
export function writeLink(hash, key, state, defaults) {
  const others = partsOf(hash).filter((part) => part.includes("=") && !part.startsWith(`${key}=`));
  const changed = Object.keys(defaults).filter((name) => state[name] !== defaults[name]);
  const text = changed.map((name) => `${name}:${encodeURIComponent(state[name])}`).join(",");
  return [...others, ...(text ? [`${key}=${text}`] : [])].join("&");
}
