// Beside the mosaics: the picture with what a cell sees of it, the channel enlarged, and the value in words.

import { el, svgEl } from "../shared/dom.js"
import { within } from "./panel.js"
import { inWords, png, rounded } from "./values.js"

/** @import { MapsData } from "./messages.d.ts" */
/** @import { MapsView } from "./view.js" */
/** @import { Panel, Place } from "./panel.js" */

const HOW =
  "Point at a cell to read it; the picture shows which pixels it depends on. A click shows how its value came about: " +
  "patch × filter = sum."

export class Detail {
  /** @param {MapsView} view */
  constructor(view) {
    this.view = view
    this.px = 0
    this.tile = 0
    /** @type {MapsData["bits"]} */
    this.bits = 0
    /** @type {Panel | null} */
    this.panel = null
    this.image = el("img", { alt: "What the network sees" })
    this.shade = svgEl("path", { "fill-rule": "evenodd", class: "shade" })
    this.box = svgEl("path", { class: "box" })
    this.overlay = svgEl("svg", { "aria-hidden": "true" }, this.shade, this.box)
    this.canvas = el("canvas", { className: "channel", role: "img" })
    this.spot = el("span", { className: "spot", hidden: true })
    this.low = el("span")
    this.high = el("span")
    this.ramp = el("div", { className: "ramp" }, this.low, el("i"), this.high)
    this.large = el("figure", {}, el("div", { className: "stack" }, this.canvas, this.spot))
    this.picture = el("figure", {}, el("div", { className: "stack" }, this.image, this.overlay))
    this.words = el("p", { className: "words" })
    this.words.setAttribute("aria-live", "polite")
    this.explained = el("div", { className: "explained" })
    this.explanation = ""
    const pair = el("div", { className: "pair" }, this.picture, this.large)
    this.node = el("aside", { ariaLabel: "The cell", tabIndex: 0 }, pair, this.ramp, this.words, this.explained)
    this.canvas.addEventListener("pointermove", (event) => {
      if (this.panel) view.point(this.panel, this.at(event, this.panel), event)
    })
    this.canvas.addEventListener("pointerleave", () => {
      if (this.panel) view.point(this.panel, null)
    })
    this.canvas.addEventListener("click", (event) => {
      if (this.panel) view.pick(this.panel, this.at(event, this.panel))
    })
  }

  /** @param {MapsData} data */
  update(data) {
    this.bits = data.bits
    this.px = data.picturePx
    this.image.src = png(data.picture)
    this.overlay.setAttribute("viewBox", `0 0 ${this.px} ${this.px}`)
  }

  /**
   * The cell of the enlarged channel under the pointer.
   * @param {MouseEvent} event
   * @param {Panel} panel
   */
  at(event, panel) {
    const box = this.canvas.getBoundingClientRect()
    const [rows, columns] = panel.data.cells
    return {
      tile: this.tile,
      row: within(((event.clientY - box.top) / box.height) * rows, rows),
      column: within(((event.clientX - box.left) / box.width) * columns, columns),
    }
  }

  /** @param {string} html */
  explain(html) {
    if (html === this.explanation) return
    this.explanation = html
    this.explained.replaceChildren(document.createRange().createContextualFragment(html))
  }

  /** Scrolls to what is shown where it lies above the maps instead of beside them. */
  reveal() {
    if (getComputedStyle(this.node).position === "static") this.node.scrollIntoView()
  }

  /** Shows nothing but how to begin. */
  clear() {
    this.panel = null
    this.large.classList.add("none")
    this.ramp.classList.add("none")
    this.outline(null)
    this.words.textContent = HOW
  }

  /**
   * @param {Panel} panel
   * @param {Place} place what is pointed at, or else what was picked
   */
  show(panel, place) {
    this.panel = panel
    this.large.classList.remove("none")
    this.ramp.classList.remove("none")
    this.outline(panel.boxAt(place))
    this.enlarge(panel, place)
    this.words.replaceChildren(...this.sentence(panel, place))
  }

  /**
   * @param {Panel} panel
   * @param {Place} place
   */
  sentence(panel, place) {
    const [channel] = panel.cell(place)
    const [left, top, right, bottom] = panel.boxAt(place)
    const value = el("strong", { textContent: inWords(panel.valueAt(place), this.bits) })
    const whole = right - left >= this.px && bottom - top >= this.px
    const sees = whole ? "It sees the whole picture." : `It sees ${right - left} × ${bottom - top} pixels.`
    return [`${panel.data.name}, channel ${channel}${panel.whereAt(place)}: `, value, `. ${sees}`]
  }

  /** @param {number[] | null} box left, top, right, bottom */
  outline(box) {
    const all = `M0 0H${this.px}V${this.px}H0Z`
    const path = box ? `M${box[0]} ${box[1]}H${box[2]}V${box[3]}H${box[0]}Z` : ""
    this.box.setAttribute("d", path)
    this.shade.setAttribute("d", box ? `${all}${path}` : "")
    this.overlay.dataset.box = box ? box.join(" ") : ""
  }

  /**
   * @param {Panel} panel
   * @param {Place} place
   */
  enlarge(panel, place) {
    const { cells, channels, name, spans } = panel.data
    const [rows, columns] = cells
    this.tile = place.tile
    const [left, top, width, height] = panel.tileAt(place.tile)
    this.canvas.width = columns
    this.canvas.height = rows
    this.canvas.style.aspectRatio = `${columns} / ${rows}`
    const context = this.canvas.getContext("2d")
    if (context) context.imageSmoothingEnabled = false
    if (panel.image.complete) context?.drawImage(panel.image, left, top, width, height, 0, 0, columns, rows)
    else panel.image.addEventListener("load", () => this.view.show(), { once: true })
    this.canvas.ariaLabel = `Channel ${channels[place.tile]} of ${name}, enlarged`
    this.spot.hidden = false
    Object.assign(this.spot.style, {
      left: `${(100 * place.column) / columns}%`,
      top: `${(100 * place.row) / rows}%`,
      width: `${100 / columns}%`,
      height: `${100 / rows}%`,
    })
    const [low, high] = spans[place.tile]?.map(rounded) ?? ["", ""]
    this.low.textContent = low
    this.high.textContent = high
  }
}
