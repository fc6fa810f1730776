/** Lines that a hand moves: their ends turn about each other, and stand where the line leaves the view. */
import { clamp, visibleStretch } from "./chart.js";

/** Where two handles of the line y = w x + b stand: at their own x, or where the line leaves the view. */
export function endsOf(view, [left, right], w, b) {
  const stretch = visibleStretch(view, w, b) ?? view.x.domain;
  const at = (x) => [clamp(x, stretch), clamp(w * clamp(x, stretch) + b, view.y.domain)];
  return { left: at(left), right: at(right) };
}

/**
 * An end of a line: it turns the line about the other end.
 * @param {"left" | "right"} name
 * @param {object} line view(): its plane; ends(): where its ends stand; move(w, b): the reader wants it there
 */
export function endHandle(name, { view, ends, move }) {
  const [label, other] = name === "left" ? ["Left end of the line", "right"] : ["Right end of the line", "left"];
  let [x, pivot] = [];
  return {
    label, along: "y", view, place: () => ends()[name],
    grab() { [x, pivot] = [ends()[name][0], ends()[other]]; },
    move(_, y) {
      const w = (clamp(y, view().y.domain) - pivot[1]) / (x - pivot[0]);
      move(w, pivot[1] - w * pivot[0]);
    },
  };
}
