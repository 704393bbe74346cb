// The camera: {x, y, k} puts the diagram's point p at k * p + (x, y) in the canvas, all in px.
// It is a CSS transform of the whole SVG: nothing is laid out again, and 600 nodes keep 60 frames a second.

import { presenting } from "../shared/presenting.js"
import { Flow } from "./flow.js"
import { center, clamp } from "./geometry.js"

/** @import { Box, Diagram } from "./diagram.js" */
/** @import { Point } from "./geometry.js" */

/** @typedef {{ x: number, y: number, k: number }} At */
/** @typedef {"fitted" | null} Mode the view to return to when the canvas changes its size */

/**
 * What a camera saw last.
 * @typedef {{
 *   at: At | null, mode: Mode, size: { w: number, h: number }, topology: string, down: boolean, boxes: Map<string, Box>
 * }} Memory
 */

// Scales, given by how large the diagram's smallest letters are on the screen, in px:
const READABLE = 13 // smaller ones cannot be read across a room
export const OPENING = 14 // at which a search shows what it has found
const ROOMY = 16 // and one that fits no larger than this
const PROJECTED = 36 // and, when it is presented, no larger than this
const CLOSEST = 48
const GAP = 4 // kept free around a fitted diagram
const IN_SIGHT = 80 // of the diagram that cannot be dragged out of the canvas

export const calm = matchMedia("(prefers-reduced-motion: reduce)")
/** @type {Map<string, Memory>} by network; outlives the page that the diagram is on */
const remembered = new Map()

/** @returns {Memory} */
const nothing = () => ({ at: null, mode: null, size: { w: 0, h: 0 }, topology: "", down: true, boxes: new Map() })

export class Camera {
  /**
   * @param {HTMLElement} canvas
   * @param {() => void} onMove runs after each move
   */
  constructor(canvas, onMove) {
    this.canvas = canvas
    this.onMove = onMove
    this.placed = false // whether it shows its diagram; not yet in a closed tab
    this.size = { w: 0, h: 0 }
    this.flow = new Flow()
    this.topology = ""
    /** @type {string[]} */
    this.wanted = []
    /** @type {Diagram | null} */
    this.shown = null
    /** @type {Memory} */
    this.memory = nothing()
  }

  get diagram() {
    if (!this.shown) throw new Error("The camera has no diagram yet.")
    return this.shown
  }

  get at() {
    return this.memory.at ?? { x: 0, y: 0, k: 1 }
  }

  // ---- Placing: when a diagram is new, or the canvas has another size

  /**
   * @param {Diagram} diagram
   * @param {string} network
   * @param {string} topology
   * @param {string[]} wanted ids that should stay where they are, most important first
   */
  show(diagram, network, topology, wanted) {
    this.memory = remembered.get(network) ?? nothing()
    remembered.set(network, this.memory)
    this.shown = diagram
    this.topology = topology
    this.wanted = wanted
    this.placed = false
    this.resize()
  }

  /** Does nothing in a closed tab. */
  resize() {
    const [w, h] = [this.canvas.clientWidth, this.canvas.clientHeight]
    if (!w || !this.shown) return
    const { at, mode, size, topology, boxes, down } = this.memory
    const otherSize = w !== size.w || h !== size.h
    this.size = { w, h }
    if (this.placed) {
      this.fill(size)
      return
    }
    this.flow.measure(this.diagram)
    this.memory.boxes = this.flow.boxes
    this.placed = true
    if (!at || presenting()) this.look(this.fitted(), { mode: "fitted" })
    else if (topology === this.topology) otherSize ? this.fill(size) : this.look(at, { mode })
    else if (down !== this.flow.down) this.turn()
    else this.keepPlace(boxes)
    Object.assign(this.memory, { topology: this.topology, down: this.flow.down })
  }

  /**
   * In a canvas of another size: all of it, or with the same in the middle.
   * @param {{ w: number, h: number }} before
   */
  fill(before) {
    const { at, size } = this
    if (this.memory.mode || presenting()) this.look(this.fitted(), { mode: "fitted" })
    else this.look({ x: at.x + (size.w - before.w) / 2, y: at.y + (size.h - before.h) / 2, k: at.k })
  }

  /** After another direction: from the beginning, with what the person looked at in sight. */
  turn() {
    this.look(this.fitted(), { mode: "fitted" })
    const [place] = this.wanted.flatMap((id) => this.flow.boxes.get(id) ?? [])
    if (place) this.reveal(place, { glide: false })
  }

  /**
   * After another layout: what the person looks at stays where it is, at the same scale.
   * @param {Map<string, Box>} before
   */
  keepPlace(before) {
    const { at } = this
    const common = [...before].flatMap(([id, old]) => {
      const now = this.flow.boxes.get(id)
      return now ? [{ id, old, now, seen: this.sees(old) }] : []
    })
    const wanted = this.wanted.flatMap((id) => common.filter((place) => place.id === id))
    /** @param {{ old: Box }} place */
    const fromMiddle = ({ old }) => {
      const [x, y] = this.onScreen(this.flow.entry(old))
      return Math.hypot(x - this.size.w / 2, y - this.size.h / 2)
    }
    const [nearest] = common.filter(({ seen }) => seen).sort((a, b) => fromMiddle(a) - fromMiddle(b))
    const anchor = wanted.find(({ seen }) => seen) ?? nearest ?? wanted[0]
    if (!anchor) {
      this.look(this.fitted(), { mode: "fitted" })
      return
    }
    const [[x0, y0], [x1, y1]] = [this.flow.entry(anchor.old), this.flow.entry(anchor.now)]
    this.look({ x: at.x + (x0 - x1) * at.k, y: at.y + (y0 - y1) * at.k, k: at.k })
    // A block that was folded may have begun out of sight.
    if (!this.sees(anchor.now)) this.reveal(anchor.now, { glide: false })
  }

  // ---- Views

  /** Where a fitted diagram may be. */
  get room() {
    const { w, h } = this.size
    return { x: GAP, y: GAP, w: w - 2 * GAP, h: h - 2 * GAP }
  }

  /** The scale at which all of it is seen, and no letter is larger than needed. */
  get whole() {
    const { width, height } = this.diagram
    const { w, h } = this.room
    return Math.min(w / width, h / height, (presenting() ? PROJECTED : ROOMY) / this.flow.letter)
  }

  /** All of it or, where that would be too small to read, as much as can be read, from where the picture enters. */
  fitted() {
    const { width, height, places } = this.diagram
    const { x: left, y: top, w, h } = this.room
    const k = Math.max(this.whole, READABLE / this.flow.letter)
    const [first] = this.flow.inOrder(places.filter((place) => place.kind === "node"))
    const box = first?.box ?? { x: 0, y: 0, w: width, h: height }
    const [x, y] = center(box)
    /** @type {(from: number, room: number, length: number, along: boolean, at: number, end: number) => number} */
    const start = (from, room, length, along, at, end) => {
      if (length <= room) return from + (room - length) / 2
      if (!along) return k * end <= room ? from : from + room / 2 - k * at // from its edge, if that shows the first
      return this.flow.backwards ? from + room - length : from
    }
    return {
      x: start(left, w, width * k, !this.flow.down, x, box.x + box.w),
      y: start(top, h, height * k, this.flow.down, y, box.y + box.h),
      k,
    }
  }

  // ---- Moving

  /**
   * @param {At} at
   * @param {{ mode?: Mode, glide?: boolean }} options
   */
  look({ x, y, k }, { mode = null, glide = false } = {}) {
    const { svg, width, height } = this.diagram
    x = clamp(x, IN_SIGHT - width * k, this.size.w - IN_SIGHT)
    y = clamp(y, IN_SIGHT - height * k, this.size.h - IN_SIGHT)
    Object.assign(this.memory, { at: { x, y, k }, mode, size: this.size })
    svg.style.transition = glide && !calm.matches ? "transform 0.18s ease-out" : "none"
    svg.style.transform = `translate(${x}px, ${y}px) scale(${k})`
    this.onMove()
  }

  /**
   * @param {number} factor
   * @param {Point} still the point of the canvas that stays where it is
   */
  zoom(factor, [x, y] = [this.size.w / 2, this.size.h / 2], glide = false) {
    if (!this.placed) return
    const { at } = this
    const furthest = 0.7 * this.whole
    const k = clamp(at.k * factor, furthest, CLOSEST / this.flow.letter)
    this.look({ x: x - ((x - at.x) * k) / at.k, y: y - ((y - at.y) * k) / at.k, k }, { glide })
  }

  /**
   * @param {number} dx
   * @param {number} dy
   */
  pan(dx, dy, glide = false) {
    if (!this.placed || (!dx && !dy)) return
    const { x, y, k } = this.at
    this.look({ x: x + dx, y: y + dy, k }, { glide })
  }

  /** @param {Point} point of the diagram */
  centerOn([x, y], k = this.at.k, glide = false) {
    const { x: left, y: top, w, h } = this.room
    this.look({ x: left + w / 2 - k * x, y: top + h / 2 - k * y, k }, { glide })
  }

  /**
   * The shortest way that brings a box into sight, or the beginning of one that is larger than the canvas.
   * @param {Box} box
   */
  reveal(box, { glide = true } = {}) {
    /** @type {(low: number, high: number, from: number, to: number) => number} */
    const shift = (low, high, from, to) => {
      if (high - low > to - from) return low < to && high > from ? 0 : from - low
      return low < from ? from - low : Math.min(0, to - high)
    }
    const [[left, top], [right, bottom]] = this.corners(box)
    const { x, y, w, h } = this.room
    this.pan(shift(left, right, x, x + w), shift(top, bottom, y, y + h), glide)
  }

  /**
   * @param {Point} point
   * @returns {Point}
   */
  onScreen([x, y]) {
    return [x * this.at.k + this.at.x, y * this.at.k + this.at.y]
  }

  /**
   * @param {Point} point
   * @returns {Point}
   */
  inDiagram([x, y]) {
    return [(x - this.at.x) / this.at.k, (y - this.at.y) / this.at.k]
  }

  /**
   * The left top and the right bottom one, on the screen.
   * @param {Box} box
   */
  corners({ x, y, w, h }) {
    return [this.onScreen([x, y]), this.onScreen([x + w, y + h])]
  }

  /** @param {Box} box */
  sees(box) {
    const [[left, top], [right, bottom]] = this.corners(box)
    return right > 0 && bottom > 0 && left < this.size.w && top < this.size.h
  }
}
