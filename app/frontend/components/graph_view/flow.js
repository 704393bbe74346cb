// Where everything in a diagram is, and which way the network runs in it.

import { center } from "./geometry.js"

/** @import { Box, Diagram, Edge, Place } from "./diagram.js" */
/** @import { Point } from "./geometry.js" */

export class Flow {
  constructor() {
    /** @type {Map<string, Box>} of nodes and clusters, by id */
    this.boxes = new Map()
    this.letter = 1 // the smallest font size
    this.down = true // the way the network runs, else to the right
    this.backwards = false // from bottom to top, or from right to left
  }

  /** @param {Diagram} diagram */
  measure({ svg, places, edges }) {
    svg.style.transition = "none"
    svg.style.transform = "none"
    const origin = svg.getBoundingClientRect()
    for (const place of places) {
      const { x, y, width: w, height: h } = place.element.getBoundingClientRect()
      place.box = { x: x - origin.x, y: y - origin.y, w, h }
    }
    this.boxes = new Map(places.map(({ id, box }) => [id, box]))
    this.findDirection(edges)
    const sizes = [...svg.querySelectorAll("text")].map((text) => parseFloat(text.getAttribute("font-size") ?? ""))
    this.letter = Math.max(Math.min(...sizes.map((size) => size || 14), 14), 1)
  }

  /** @param {Edge[]} edges */
  findDirection(edges) {
    const sum = [0, 0]
    for (const { from, to } of edges) {
      const [tail, head] = [this.boxes.get(from), this.boxes.get(to)]
      if (!tail || !head) continue
      const [[ax, ay], [bx, by]] = [center(tail), center(head)]
      sum[0] += bx - ax
      sum[1] += by - ay
    }
    this.down = Math.abs(sum[1]) >= Math.abs(sum[0])
    this.backwards = sum[this.down ? 1 : 0] < 0
  }

  /**
   * Where data enters a box: the middle of that side. A block keeps it when it is expanded or folded.
   * @param {Box} box
   * @returns {Point}
   */
  entry({ x, y, w, h }) {
    const far = this.backwards ? 1 : 0
    return this.down ? [x + w / 2, y + far * h] : [x + far * w, y + h / 2]
  }

  /**
   * Sorts places the way the network runs.
   * @param {Place[]} places
   */
  inOrder(places) {
    const sign = this.backwards ? -1 : 1
    /** @type {("x" | "y")[]} */
    const [along, across] = this.down ? ["y", "x"] : ["x", "y"]
    return [...places].sort((a, b) => sign * (a.box[along] - b.box[along]) || a.box[across] - b.box[across])
  }
}
