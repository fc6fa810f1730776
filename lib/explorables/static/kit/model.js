/** The part of a Jupyter widget model that the book's own widgets use, where there is no Jupyter. */
export function createModel(state) {
  const listeners = new Map();
  const of = (event) => listeners.get(event) ?? listeners.set(event, new Set()).get(event);
  const emit = (event, ...news) => [...of(event)].forEach((listener) => listener(...news));
  return {
    get: (name) => state[name],
    set(name, value) {
      if (Object.is(state[name], value)) return;
      state[name] = value;
      emit(`change:${name}`);
      emit("change");
    },
    on: (event, listener) => of(event).add(listener),
    off: (event, listener) => (listener ? of(event).delete(listener) : listeners.delete(event)),
    tell: (note) => emit("msg:custom", { note }), // a line under the picture, as a message of Jupyter
    save_changes() {},
  };
}
