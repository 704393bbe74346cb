// Search: what matches is marked, and Enter goes from one match to the next.

import { part } from "../shared/parts.js"
import { OPENING } from "./camera.js"
import { center } from "./geometry.js"

/** @import { Place } from "./diagram.js" */
/** @import { GraphView } from "./graph_view.js" */

export class Search {
  /** @param {GraphView} view */
  constructor(view) {
    this.view = view
    this.input = part(view.root, "input", HTMLInputElement)
    this.count = part(view.root, ".count", HTMLElement)
    /** @type {Place[]} */
    this.matches = []
    /** @type {Place | null} the one that Enter has reached */
    this.match = null
    this.input.addEventListener("input", () => this.run())
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.next(event.shiftKey ? -1 : 1)
      if (event.key === "Escape") this.leave()
    })
  }

  run() {
    const { root, places, camera } = this.view
    const wanted = squeezed(this.input.value)
    const matches = places.filter(({ id, text }) => wanted && squeezed(`${id}\n${text}`).includes(wanted))
    this.matches = camera.placed ? camera.flow.inOrder(matches) : matches
    this.match = null
    root.toggleAttribute("data-searching", wanted !== "")
    for (const place of places) place.element.toggleAttribute("data-match", matches.includes(place))
    this.count.textContent = wanted && String(matches.length)
    this.view.drawRings()
  }

  /** @param {1 | -1} step */
  next(step) {
    const { length } = this.matches
    if (!length) return
    const { camera } = this.view
    const index = this.match ? this.matches.indexOf(this.match) + step : step > 0 ? 0 : -1
    const place = ((index % length) + length) % length
    this.match = this.matches[place]
    this.count.textContent = `${place + 1}/${length}`
    camera.centerOn(center(this.match.box), Math.max(camera.at.k, OPENING / camera.flow.letter), true)
    this.view.drawRings()
  }

  leave() {
    const place = this.match ?? this.view.active
    this.input.value = ""
    this.run()
    ;(place?.element ?? this.view.canvas).focus({ preventScroll: true })
  }
}

/** @param {string} text */
function squeezed(text) {
  return text.toLowerCase().replaceAll(" ", "")
}
