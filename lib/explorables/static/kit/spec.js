/**
 * What an explorable is, as its Python class says it: { title, python, values }. Each value of the
 * state has a kind, its bounds, its default, and whether links carry it and calls name it.
 */

const inside = (value, { min = -Infinity, max = Infinity }) => value >= min && value <= max;
const isNumber = (value, { whole, ...spec }) => (whole ? Number.isInteger(value) : Number.isFinite(value)) && inside(value, spec);

/** What a value of each kind must be. */
const KINDS = {
  number: isNumber,
  positive: (value, spec) => value > 0 && isNumber(value, spec),
  whole: (value, spec) => isNumber(value, { ...spec, whole: true }),
  flag: (value) => typeof value === "boolean",
  choice: (value, { options }) => options.includes(value),
  numbers: (value, { least, most, ...spec }) =>
    value.length >= least && value.length <= most && value.every((one) => isNumber(one, spec)),
};

/** Whether a value is one that Python takes. */
export const fits = (value, spec) => KINDS[spec.kind](value, spec);

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const named = (spec, property) => Object.keys(spec.values).filter((name) => spec.values[name][property] !== false);

/** The values that a link carries, by name. */
export const linked = (spec, state) => Object.fromEntries(named(spec, "linked").map((name) => [name, state[name]]));

const POINTS = ["x", "y"]; // inputs and targets are given together

/** The keywords of the call in Python that gives a state: those whose value is not the default. */
export function keywords(spec, state) {
  const names = named(spec, "keyword");
  const changed = (name) => !same(state[name], spec.values[name].default);
  const pair = POINTS.every((name) => names.includes(name)) && POINTS.some(changed) ? POINTS : [];
  return Object.fromEntries(names.filter((name) => pair.includes(name) || changed(name)).map((name) => [name, state[name]]));
}
