// The diagram: the items that Python sent, as elements of one SVG. Knows nothing of pointers, zoom or Streamlit.

import { svgEl } from "../shared/dom.js"
import { condense } from "./letters.js"
import { parseGroups } from "./svg.js"

/** @import { Drawing, DrawnItem } from "./messages.d.ts" */

/**
 * In the drawing's own units, points.
 * @typedef {{ x: number, y: number, w: number, h: number }} Box
 */

/** An item on the page. */
class Item {
  /**
   * @param {DrawnItem} drawn
   * @param {SVGElement} element already has the contents of `drawn`
   */
  constructor(drawn, element) {
    this.id = drawn.id
    this.kind = drawn.kind
    this.element = element
    this.drawn = drawn
    this.tip = ""
    this.text = ""
    this.edited = false // whether the newest change was one of its text
    element.id = drawn.id
    this.describe(drawn)
  }

  /** @param {DrawnItem} drawn */
  differs({ svg, tip, classes }) {
    return svg !== this.drawn.svg || tip !== this.drawn.tip || classes !== this.drawn.classes
  }

  /**
   * @param {DrawnItem} drawn
   * @param {Element} group has the contents of `drawn`, which move out of it
   */
  become(drawn, group) {
    const before = this.text
    this.element.replaceChildren(...group.childNodes)
    this.describe(drawn)
    this.edited = this.text !== before
  }

  /** @param {DrawnItem} drawn */
  describe(drawn) {
    this.drawn = drawn
    this.tip = drawn.tip.trim()
    this.text = [...this.element.querySelectorAll("text")].map((line) => line.textContent).join("\n")
    this.element.setAttribute("class", `${drawn.kind} ${drawn.classes}`.trim())
  }
}

/** A node or a cluster: what can be selected. */
export class Place extends Item {
  /**
   * @param {DrawnItem} drawn
   * @param {SVGElement} element
   */
  constructor(drawn, element) {
    super(drawn, element)
    /** @type {Box} */
    this.box = { x: 0, y: 0, w: 0, h: 0 } // until the camera measures it
    element.setAttribute("role", "button")
    element.setAttribute("tabindex", "-1")
  }

  /** @param {DrawnItem} drawn */
  describe(drawn) {
    super.describe(drawn)
    // What can be seen comes first, word for word: a person who speaks to the machine says what they read.
    const texts = [...this.element.querySelectorAll("text")]
    for (const text of texts) if (!(text.nextSibling instanceof Text)) text.after(" ")
    const seen = texts.map((text) => text.textContent).join(" ")
    this.element.setAttribute("aria-label", `${seen}: ${(this.tip || this.text).replaceAll("\n", ", ")}`)
    if (drawn.kind === "node") condense(this.element)
  }
}

export class Edge extends Item {
  /**
   * @param {DrawnItem} drawn
   * @param {SVGElement} element
   */
  constructor(drawn, element) {
    super(drawn, element)
    ;[this.from = "", this.to = ""] = drawn.id.split("->")
  }
}

export class Diagram {
  /**
   * @param {Drawing} drawing
   * @param {SVGGElement} graph a group with a group for each of its items
   */
  constructor({ width, height, shift, items }, graph) {
    this.width = width
    this.height = height
    this.svg = svgEl("svg", { viewBox: `0 0 ${width} ${height}`, width, height })
    this.svg.append(graph)
    graph.setAttribute("transform", `translate(${shift.join(" ")})`)
    /** @type {Map<string, Place | Edge>} */
    this.items = new Map()
    const elements = /** @type {HTMLCollectionOf<SVGElement>} */ (graph.children)
    items.forEach((drawn, index) => {
      this.items.set(drawn.id, new (drawn.kind === "edge" ? Edge : Place)(drawn, elements[index]))
    })
    this.edges = [...this.items.values()].filter((item) => item instanceof Edge)
    this.places = [...this.items.values()].filter((item) => item instanceof Place)
    this.widen()
  }

  /**
   * @param {Drawing} drawing
   * @returns {Diagram | null} null if it cannot be drawn
   */
  static of(drawing) {
    const graph = parseGroups(drawing.items.map(({ svg }) => svg))
    return graph && drawing.width > 0 && drawing.height > 0 ? new Diagram(drawing, graph) : null
  }

  /** A line is too thin to point at: invisible wide ones lie over the clusters and under the nodes. */
  widen() {
    const layer = svgEl("g", { class: "wide" })
    this.edges.forEach(({ element }, index) => {
      const d = element.querySelector("path")?.getAttribute("d")
      if (d) layer.append(svgEl("path", { d, "data-edge": index }))
    })
    this.places.find(({ kind }) => kind === "node")?.element.before(layer)
  }

  /**
   * Shows `items` of the same topology. An edit changes few of many, so only those that differ are parsed again; items
   * of the diagram that are not among them stay as they are.
   * @param {DrawnItem[]} items
   * @returns {(Place | Edge)[] | null} those that changed; null if one is not in the diagram or cannot be drawn
   */
  patch(items) {
    /** @type {(Place | Edge)[]} */
    const changed = []
    /** @type {DrawnItem[]} */
    const different = []
    for (const drawn of items) {
      const item = this.items.get(drawn.id)
      if (!item) return null
      if (!item.differs(drawn)) continue
      changed.push(item)
      different.push(drawn)
    }
    const groups = parseGroups(different.map(({ svg }) => svg))?.children
    if (!groups) return null
    changed.forEach((item, index) => item.become(different[index], groups[index]))
    return changed
  }
}
