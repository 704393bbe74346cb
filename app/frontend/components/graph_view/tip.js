// The tip beside the pointer or the focus. The browser's own comes late, and not for the keyboard.

import { clamp } from "./geometry.js"

/** @import { Edge, Place } from "./diagram.js" */
/** @import { Point } from "./geometry.js" */

const TIP_MS = { node: 120, edge: 120, cluster: 700 } // a cluster is a wide place to rest the pointer on

export class Tip {
  /**
   * @param {HTMLElement} box
   * @param {HTMLElement} area where the tip may be
   */
  constructor(box, area) {
    this.box = box
    this.area = area
    this.timer = 0
  }

  /**
   * Shows an item's tip when the pointer has rested; follows it when it is there.
   * @param {Place | Edge} item
   * @param {Point} at
   */
  follow(item, at) {
    if (!this.box.hidden) return this.move(at)
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.show(item, at), TIP_MS[item.kind])
  }

  /**
   * @param {Place | Edge} item
   * @param {Point} at
   */
  show(item, at) {
    this.box.textContent = item.tip
    this.box.hidden = !item.tip
    this.move(at)
  }

  /** @param {Point} at */
  move([x, y]) {
    const { offsetWidth: w, offsetHeight: h } = this.box
    const { clientWidth: width, clientHeight: height } = this.area
    const above = y + 18 + h > height && y > h + 10
    const left = clamp(x + 12, 4, Math.max(width - w - 4, 4))
    this.box.style.transform = `translate(${left}px, ${above ? y - h - 10 : y + 18}px)`
  }

  /** Returns whether there was one. */
  hide() {
    const shown = !this.box.hidden
    clearTimeout(this.timer)
    this.box.hidden = true
    return shown
  }
}
