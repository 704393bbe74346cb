// What lies over the diagram: rings around places, and the flash where an edit landed.

import { svgElement } from "./svg.js"

/** @import { Box, Diagram, Place } from "./diagram.js" */

const FLASH_MS = 900

/** @typedef {"hovered" | "chosen" | "found" | "focused"} RingKind */

export class Overlay {
  constructor() {
    this.flashes = svgElement("g", { class: "flashes" })
    this.rings = svgElement("g", { class: "rings" })
  }

  /** @param {Diagram} diagram */
  cover({ svg }) {
    this.flashes.replaceChildren()
    this.rings.replaceChildren()
    svg.append(this.flashes, this.rings)
  }

  /**
   * Rings keep their width on the screen.
   * @param {number} k the camera's scale
   */
  scale(k) {
    for (const layer of [this.flashes, this.rings]) layer.style.setProperty("--px", String(1 / k))
  }

  /** @param {Record<RingKind, Place[]>} places */
  ring(places) {
    /** @type {RingKind[]} from the lowest to the topmost */
    const kinds = ["hovered", "chosen", "found", "focused"]
    this.rings.replaceChildren(...kinds.flatMap((kind) => places[kind].map(({ box }) => ring(kind, box))))
  }

  /** @param {Place[]} places */
  flash(places) {
    for (const { box } of places) {
      const light = ring("edited", box)
      this.flashes.append(light)
      const fading = light.animate([{ opacity: 1 }, { opacity: 0 }], { duration: FLASH_MS, easing: "ease-in" })
      fading.onfinish = () => light.remove()
    }
  }
}

/**
 * @param {RingKind | "edited"} kind
 * @param {Box} box
 */
function ring(kind, { x, y, w, h }) {
  const gap = kind === "focused" ? 6 : 2
  const [width, height] = [w + 2 * gap, h + 2 * gap]
  return svgElement("rect", { class: kind, x: x - gap, y: y - gap, width, height, rx: gap + 3 })
}
