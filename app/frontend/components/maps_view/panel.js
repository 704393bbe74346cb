// One branch: its mosaic, and the cell under the pointer or the keyboard's cursor.

import { el } from "../shared/dom.js"
import { decoded, png } from "./values.js"

/** @import { BranchMaps, Cell, MapsData } from "./messages.d.ts" */
/** @import { MapsView } from "./view.js" */

/**
 * A cell of what is drawn; `step` leads from there to the map's own rows and columns.
 * @typedef {{ tile: number, row: number, column: number }} Place
 */

/** @type {Record<string, [tile: number, row: number, column: number]>} */
const MOVES = {
  ArrowUp: [0, -1, 0],
  ArrowDown: [0, 1, 0],
  ArrowLeft: [0, 0, -1],
  ArrowRight: [0, 0, 1],
  PageUp: [-1, 0, 0],
  PageDown: [1, 0, 0],
}

/**
 * The nearest of 0, 1, .. `size` - 1.
 * @param {number} value
 * @param {number} size
 */
export const within = (value, size) => Math.min(Math.max(Math.floor(value), 0), size - 1)

export class Panel {
  /**
   * @param {MapsView} view
   * @param {BranchMaps} data
   */
  constructor(view, data) {
    this.view = view
    this.data = data
    /** @type {Float32Array | null} */
    this.values = null
    /** @type {Place | null} */
    this.place = null
    this.name = el("h3")
    this.size = el("small")
    this.image = el("img", { alt: "" })
    this.mark = el("span", { className: "mark", hidden: true })
    this.cursor = el("span", { className: "mark cursor", hidden: true })
    this.note = el("p", { className: "note" })
    this.stage = el("div", { className: "mosaic", tabIndex: 0, role: "application" }, this.image, this.mark, this.cursor)
    this.stage.setAttribute("aria-roledescription", "feature maps")
    this.node = el("section", {}, this.name, this.stage, this.note)
    this.stage.addEventListener("pointermove", (event) => view.point(this, this.at(event), event))
    this.stage.addEventListener("pointerleave", () => view.point(this, null))
    // The cell that is pointed at: a click's own place is rounded to whole pixels, and a cell may have fewer than two.
    this.stage.addEventListener("click", (event) => view.pick(this, this.place ?? this.at(event)))
    this.stage.addEventListener("keydown", (event) => this.key(event))
    this.stage.addEventListener("blur", () => view.point(this, null))
  }

  /**
   * @param {BranchMaps} data
   * @param {MapsData["bits"]} bits
   */
  update(data, bits) {
    this.data = data
    this.values = decoded(data.values, bits)
    this.name.style.setProperty("--branch", data.colour)
    this.size.textContent = data.size
    this.name.replaceChildren(data.name, this.size)
    this.image.src = png(data.image)
    this.image.width = data.imageSize[1]
    this.image.height = data.imageSize[0]
    this.stage.ariaLabel =
      `${data.name}, ${data.size}. Arrow keys move over the cells, Page Up and Page Down over the channels, ` +
      "Enter picks a cell."
    this.note.textContent = data.note
    this.note.hidden = !data.note
  }

  /**
   * The cell of the mosaic under the pointer.
   * @param {MouseEvent} event
   * @returns {Place | null}
   */
  at(event) {
    const box = this.image.getBoundingClientRect()
    const { gap, tile, columns, scale, cells, channels, imageSize } = this.data
    const x = ((event.clientX - box.left) / box.width) * imageSize[1]
    const y = ((event.clientY - box.top) / box.height) * imageSize[0]
    const [right, down] = [x % (tile[1] + gap), y % (tile[0] + gap)]
    const index = Math.floor(y / (tile[0] + gap)) * columns + Math.floor(x / (tile[1] + gap))
    if (x < 0 || y < 0 || right >= tile[1] || down >= tile[0] || index >= channels.length) return null
    return { tile: index, row: within(down / scale, cells[0]), column: within(right / scale, cells[1]) }
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { cells, channels } = this.data
    const middle = { tile: 0, row: cells[0] >> 1, column: cells[1] >> 1 }
    const now = this.place ?? middle
    const move = MOVES[event.key]
    if (event.key === "Enter" || event.key === " ") this.view.pick(this, now)
    else if (move && !this.place) this.view.point(this, middle)
    else if (move) {
      this.view.point(this, {
        tile: within(now.tile + move[0], channels.length),
        row: within(now.row + move[1], cells[0]),
        column: within(now.column + move[2], cells[1]),
      })
    } else return
    event.preventDefault()
    event.stopPropagation() // not one of Streamlit's shortcuts
  }

  // ---- from a place to the map, and back

  /**
   * @param {Place} place
   * @returns {number | undefined}
   */
  valueAt({ tile, row, column }) {
    const [rows, columns] = this.data.cells
    return this.values?.[(tile * rows + row) * columns + column]
  }

  /**
   * The pixels of the picture that a cell sees: left, top, right, bottom.
   * @param {Place} place
   */
  boxAt({ row, column }) {
    const { rows, cols, step } = this.data
    const [top, bottom] = rows[Math.min(row * step, rows.length - 1)]
    const [left, right] = cols[Math.min(column * step, cols.length - 1)]
    return [left, top, right + 1, bottom + 1]
  }

  /**
   * @param {Place} place
   * @returns {Cell}
   */
  cell(place) {
    const { channels, step } = this.data
    return [channels[place.tile], place.row * step, place.column * step]
  }

  /**
   * `, row 3, column 4`, where there is more than one cell.
   * @param {Place} place
   */
  whereAt(place) {
    const [, row, column] = this.cell(place)
    return this.data.cells[0] * this.data.cells[1] === 1 ? "" : `, row ${row}, column ${column}`
  }

  /**
   * @param {Cell} cell
   * @returns {Place | null}
   */
  placeOf([channel, row, column]) {
    const { channels, step, cells } = this.data
    const tile = channels.indexOf(channel)
    if (tile < 0) return null
    return { tile, row: within(row / step, cells[0]), column: within(column / step, cells[1]) }
  }

  /**
   * The tile's place in the mosaic, in its pixels: left, top, width, height.
   * @param {number} tile
   * @returns {[number, number, number, number]}
   */
  tileAt(tile) {
    const { tile: size, columns, gap } = this.data
    return [(tile % columns) * (size[1] + gap), Math.floor(tile / columns) * (size[0] + gap), size[1], size[0]]
  }

  // ---- what is marked

  /**
   * @param {Place | null} place
   * @param {Place | null} picked
   */
  show(place, picked) {
    this.place = place
    this.frame(this.cursor, place)
    this.frame(this.mark, picked)
  }

  /**
   * @param {HTMLElement} node
   * @param {Place | null} place
   */
  frame(node, place) {
    node.hidden = !place
    if (!place) return
    const [left, top, width, height] = this.tileAt(place.tile)
    const [rows, columns] = this.data.imageSize
    Object.assign(node.style, {
      left: `${(100 * left) / columns}%`,
      top: `${(100 * top) / rows}%`,
      width: `${(100 * width) / columns}%`,
      height: `${(100 * height) / rows}%`,
    })
  }
}
