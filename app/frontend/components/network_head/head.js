// The bar: its buttons act at once, its cards are here before they are asked for.

import { Cards } from "./cards.js"
import { Settings } from "./settings.js"
import { listenToUndo } from "./undo_keys.js"
import { el } from "../shared/dom.js"
import { Outbox } from "../shared/outbox.js"
import { part } from "../shared/parts.js"
import { received } from "../shared/received.js"

/** @import { Run, Send } from "../shared/messages.d.ts" */
/** @import { Act, HeadData, HeadTold } from "./messages.d.ts" */

const PIN = "Pin: keep this network on the page Compare, beside others"

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
    this.acts = [...root.querySelectorAll("button[data-act]")].filter((node) => node instanceof HTMLButtonElement)
    this.heading = part(root, "h1", HTMLElement)
    this.changes = part(root, ".changes", HTMLButtonElement)
    this.pin = part(root, "[data-act=pin]", HTMLButtonElement)
    this.pinWord = part(this.pin, "span", HTMLElement)
    this.refused = part(root, ".refused", HTMLElement)
    this.refusal = "" // as it is shown
    this.cards = new Cards(root, (preset) => this.outbox.tell({ set: "preset", to: preset }))
    this.settings = new Settings(root, (set, to) => this.outbox.tell({ set, to }))
    for (const button of this.acts) {
      button.addEventListener("click", () => this.outbox.tell({ act: actOf(button) }))
    }
    listenToUndo(root)
  }

  /**
   * @param {HeadData} data
   * @param {Send<HeadTold>} send
   */
  update(data, send) {
    this.outbox.answered(data.handled, send)
    const { heading, count } = data.text
    this.heading.textContent = heading
    for (const button of this.acts) button.disabled = !data.can.includes(actOf(button))
    this.pin.classList.toggle("pinned", data.pinned)
    this.pin.title = data.pinned ? "It is on the page Compare; click to take its pin off" : PIN
    this.pinWord.textContent = data.pinned ? "Pinned" : "Pin"
    this.changes.disabled = !count
    const [long, short] = count ? ["edited, ", `${count} change${count > 1 ? "s" : ""}`] : ["as ", "published"]
    this.changes.replaceChildren(el("span", {}, long), short)
    this.cards.update(data)
    const pending = new Set(this.outbox.waiting.map((event) => event.set))
    this.settings.update(data.settings, data.refusal?.setting, pending)
    this.refuse(data.refusal)
  }

  /** @param {HeadData["refusal"]} refusal is said once, and not again with each run */
  refuse(refusal) {
    const text = JSON.stringify(refusal)
    if (text === this.refusal) return
    this.refusal = text
    const remedies = (refusal?.remedies ?? []).map((label, number) => {
      const button = el("button", { type: "button" }, label)
      button.addEventListener("click", () => this.outbox.tell({ remedy: number }))
      return button
    })
    this.refused.replaceChildren(...(refusal ? [el("p", {}, refusal.sentence), ...remedies] : []))
  }
}

/** @param {HTMLButtonElement} button */
function actOf(button) {
  return /** @type {Act} */ (button.dataset.act)
}
