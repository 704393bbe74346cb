// The hint: a sentence at the lower edge that goes by itself.

const HINT_MS = 2500

export class Hint {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box
    this.timer = 0
  }

  /** @param {string} text */
  say(text) {
    this.box.textContent = text
    this.box.hidden = false
    clearTimeout(this.timer)
    this.timer = setTimeout(() => (this.box.hidden = true), HINT_MS)
  }
}
