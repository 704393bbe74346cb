// One tip for headers, exact values and errors. The same words reach a screen reader as descriptions.

import { el } from "../shared/dom.js"

export class Tip {
  constructor() {
    this.node = el("div", { className: "tip", popover: "manual", ariaHidden: "true" })
    /** @type {Element | null} */
    this.anchor = null
  }

  /**
   * @param {Element} anchor
   * @param {string} text
   */
  show(anchor, text, kind = "") {
    this.anchor = anchor
    this.node.textContent = text
    this.node.className = `tip ${kind}`
    this.node.showPopover()
    const at = anchor.getBoundingClientRect()
    const { width, height } = this.node.getBoundingClientRect()
    const left = Math.min(Math.max(8, at.left + at.width / 2 - width / 2), innerWidth - width - 8)
    const above = at.top - height - 6
    this.node.style.translate = `${left}px ${above > 8 ? above : at.bottom + 6}px`
  }

  hide() {
    this.anchor = null
    this.node.hidePopover()
  }
}
