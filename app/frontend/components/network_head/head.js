// The head: its buttons act at once, its cards are here before they are asked for.

import { Outbox } from "../shared/outbox.js"
import { part } from "../shared/parts.js"
import { received } from "../shared/received.js"

/** @import { Run, Send } from "../shared/messages.d.ts" */
/** @import { Act, HeadData, HeadTold } from "./messages.d.ts" */

const GAP_PX = 6

/** @param {Run<HeadData, HeadTold>} run */
export default function (run) {
  const shown = received(run)
  /** @type {(HTMLElement & { head?: Head }) | null} */
  const root = run.parentElement.querySelector(".network-head")
  if (!shown || !root) return
  root.head ??= new Head(root)
  root.head.update(shown.data, shown.send)
}

class Head {
  /** @param {HTMLElement} root */
  constructor(root) {
    /** @type {Outbox<HeadTold>} */
    this.outbox = new Outbox()
    /** @type {Map<Element, string>} what was written into it */
    this.written = new Map()
    this.acts = buttons(root, "act")
    this.title = part(root, ".title", HTMLElement)
    this.about = part(root, "[data-name=about]", HTMLElement)
    this.changes = part(root, "[data-name=changes]", HTMLElement)
    this.aboutText = part(this.about, "div", HTMLElement)
    this.changesText = part(this.changes, "div", HTMLElement)
    this.changesButton = part(root, "[data-card=changes]", HTMLButtonElement)
    this.changesCount = part(this.changesButton, "span", HTMLElement)
    for (const button of this.acts) {
      button.addEventListener("click", () => this.outbox.tell({ act: actOf(button) }))
    }
    for (const button of buttons(root, "card")) {
      const card = part(root, `[data-name=${button.dataset.card}]`, HTMLElement)
      button.popoverTargetElement = card
      card.addEventListener("toggle", () => place(card, button))
    }
  }

  /**
   * @param {HeadData} data
   * @param {Send<HeadTold>} send
   */
  update(data, send) {
    this.outbox.answered(data.handled, send)
    this.write(this.title, data.title)
    this.write(this.aboutText, data.about)
    this.write(this.changesText, data.changes)
    for (const button of this.acts) button.disabled = !data.can.includes(actOf(button))
    this.changesButton.disabled = !data.count
    this.changesCount.textContent = data.count ? `Changes ${data.count}` : "Changes"
    if (!data.count) this.changes.hidePopover()
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
 * @param {Element} root
 * @param {"act" | "card"} kind
 * @returns {HTMLButtonElement[]}
 */
function buttons(root, kind) {
  return [...root.querySelectorAll(`button[data-${kind}]`)].filter((node) => node instanceof HTMLButtonElement)
}

/** @param {HTMLButtonElement} button */
function actOf(button) {
  return /** @type {Act} */ (button.dataset.act)
}

/**
 * Put it below its button, inside the window.
 * @param {HTMLElement} card
 * @param {HTMLElement} button
 */
function place(card, button) {
  const { right, bottom } = button.getBoundingClientRect()
  card.style.top = `${bottom + GAP_PX}px`
  card.style.left = `${Math.max(GAP_PX, Math.min(right, innerWidth - GAP_PX) - card.offsetWidth)}px`
  card.style.maxHeight = `${innerHeight - bottom - 3 * GAP_PX}px`
}
