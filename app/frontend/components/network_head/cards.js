// What opens below the bar: the changes, the paper, presets, layers; on a narrow page also the settings.

import { el } from "../shared/dom.js"
import { part } from "../shared/parts.js"

/** @import { HeadData } from "./messages.d.ts" */

const GAP_PX = 6

export class Cards {
  /**
   * @param {HTMLElement} root
   * @param {(preset: string) => void} choose
   */
  constructor(root, choose) {
    this.choose = choose
    /** @type {Map<Element, string>} what was written into it */
    this.written = new Map()
    this.changes = part(root, "[data-name=changes]", HTMLElement)
    this.changesText = part(this.changes, "div", HTMLElement)
    this.aboutText = part(root, "[data-name=about] div", HTMLElement)
    this.presets = part(root, "[data-name=presets]", HTMLElement)
    for (const button of root.querySelectorAll("button[data-card]")) {
      if (!(button instanceof HTMLButtonElement)) continue
      const card = part(root, `[data-name=${button.dataset.card}]`, HTMLElement)
      button.popoverTargetElement = card
      card.addEventListener("toggle", () => place(card, button))
    }
  }

  /** @param {HeadData} data */
  update({ text, presets }) {
    this.write(this.aboutText, text.about)
    this.write(this.changesText, text.changes)
    if (!text.count) this.changes.hidePopover()
    const groups = JSON.stringify(presets)
    if (this.written.get(this.presets) === groups) return
    this.written.set(this.presets, groups)
    this.presets.replaceChildren(...presets.flatMap(([heading, labels]) => this.group(heading, labels)))
  }

  /**
   * @param {string} heading
   * @param {[value: string, label: string][]} labels
   */
  group(heading, labels) {
    const buttons = labels.map(([value, label]) => {
      const button = el("button", { type: "button" }, label)
      button.addEventListener("click", () => {
        this.presets.hidePopover()
        this.choose(value)
      })
      return button
    })
    return [el("p", {}, heading), ...buttons]
  }

  /**
   * The same text is not written again: a link in it may have the focus.
   * @param {Element} node
   * @param {string} html
   */
  write(node, html) {
    // eslint-disable-next-line no-restricted-syntax -- Python has escaped all text in it
    if (this.written.get(node) !== html) node.innerHTML = html
    this.written.set(node, html)
  }
}

/**
 * Put it below its button, inside the window.
 * @param {HTMLElement} card
 * @param {HTMLElement} button
 */
function place(card, button) {
  const { left, bottom } = button.getBoundingClientRect()
  card.style.top = `${bottom + GAP_PX}px`
  card.style.left = `${Math.max(GAP_PX, Math.min(left, innerWidth - GAP_PX - card.offsetWidth))}px`
  card.style.maxHeight = `${innerHeight - bottom - 3 * GAP_PX}px`
}
