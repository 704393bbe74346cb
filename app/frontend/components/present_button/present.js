// Present mode: an attribute of the document, by which app.css leaves the diagram alone on the screen.

import { el } from "../shared/dom.js"
import { PRESENT_KEYS, presenting, tellZoom } from "../shared/presenting.js"
import { received } from "../shared/received.js"
import { tellStep } from "../shared/selection.js"

/** @import { Run } from "../shared/messages.d.ts" */
/** @import { Zoom } from "../shared/presenting.js" */
/** @import { PresentData } from "./messages.d.ts" */

/** @type {Record<string, number>} */
const STEPS = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Home: -Infinity, End: Infinity }
/** @type {Record<string, Zoom>} */
const ZOOMS = { "+": "in", "=": "in", "-": "out", "0": "fit" }

/** @param {Run<PresentData> & { parentElement: { presentButton?: PresentButton } }} run */
export default function (run) {
  const shown = received(run)
  if (!shown) return
  const present = (run.parentElement.presentButton ??= new PresentButton(run.parentElement))
  present.update(shown.data)
}

class PresentButton {
  /** @param {Node} parent */
  constructor(parent) {
    this.icon = el("i", { "aria-hidden": "true" })
    this.label = el("span", { className: "words" })
    this.button = el("button", { type: "button", onclick: () => this.turn(!presenting()) }, this.icon, this.label)
    parent.appendChild(this.button)
    this.show()
    /** @param {KeyboardEvent} event */
    const key = (event) => (this.button.isConnected ? this.key(event) : this.stop(key))
    window.addEventListener("keydown", key, true) // before the diagram and the page's controls
    document.addEventListener("fullscreenchange", () => document.fullscreenElement || this.turn(false))
  }

  /** @param {PresentData} data */
  update({ offered }) {
    this.button.style.display = offered ? "" : "none"
    if (!offered) this.turn(false)
  }

  /** @param {(event: KeyboardEvent) => void} key */
  stop(key) {
    window.removeEventListener("keydown", key, true)
    this.turn(false)
  }

  /** @param {boolean} on */
  turn(on) {
    if (on === presenting()) return
    document.documentElement.toggleAttribute("data-presenting", on)
    this.show()
    if (on) document.documentElement.requestFullscreen?.().catch(() => {}) // a browser that has none still presents
    else if (document.fullscreenElement) document.exitFullscreen()
  }

  show() {
    const on = presenting()
    this.icon.textContent = on ? "close" : "present_to_all"
    this.label.textContent = on ? "Leave" : "Present"
    this.button.title = on ? `Leave (Esc). ${PRESENT_KEYS}.` : "The diagram alone, in large letters, for a projector"
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!presenting() || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === "Escape") this.turn(false)
    else if (event.key in ZOOMS) tellZoom(ZOOMS[event.key])
    else if (STEPS[event.key] && !(event.key === " " && event.target === this.button)) tellStep(STEPS[event.key])
    else return
    event.preventDefault()
    event.stopPropagation()
  }
}
