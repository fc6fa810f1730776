/** A button that shows the best there is, and hides it again; the picture draws it in `drawBest`. */
import { Explorable } from "./explorable.js";

export class WithBest extends Explorable {
  prepare() { this.bestShown = false; }

  /** What the button named "best" does. */
  showBest() {
    this.bestShown = !this.bestShown;
    this.say("");
  }

  reset() {
    this.bestShown = false;
    super.reset();
  }
}
