// The head: its buttons act at once, its cards are here before they are asked for.

import { Outbox } from "../shared/outbox.js"

const GAP_PX = 6

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".network-head")
  root.head ??= new Head(root)
  root.head.update(data, (value) => setTriggerValue("events", value))
}

class Head {
  constructor(root) {
    this.root = root
    this.outbox = new Outbox()
    this.shown = {}
    for (const button of root.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => this.outbox.tell({ act: button.dataset.act }))
    }
    for (const button of root.querySelectorAll("[data-card]")) {
      const card = this.card(button.dataset.card)
      button.popoverTargetElement = card
      card.addEventListener("toggle", () => place(card, button))
    }
  }

  card(name) {
    return this.root.querySelector(`[data-name=${name}]`)
  }

  update(data, send) {
    this.outbox.answered(data.handled, send)
    this.write("title", this.root.querySelector(".title"), data.title)
    for (const name of ["about", "changes"]) this.write(name, this.card(name).firstElementChild, data[name])
    for (const button of this.root.querySelectorAll("[data-act]")) {
      button.disabled = !data.can.includes(button.dataset.act)
    }
    const changes = this.root.querySelector("[data-card=changes]")
    changes.disabled = !data.count
    changes.lastElementChild.textContent = data.count ? `Changes ${data.count}` : "Changes"
    if (!data.count) this.card("changes").hidePopover()
  }

  /** What stands already stays: a link in it may have the focus. */
  write(name, node, html) {
    if (this.shown[name] !== html) node.innerHTML = html
    this.shown[name] = html
  }
}

/** Below its button, inside the window. */
function place(card, button) {
  const { right, bottom } = button.getBoundingClientRect()
  card.style.top = `${bottom + GAP_PX}px`
  card.style.left = `${Math.max(GAP_PX, Math.min(right, innerWidth - GAP_PX) - card.offsetWidth)}px`
  card.style.maxHeight = `${innerHeight - bottom - 3 * GAP_PX}px`
}
