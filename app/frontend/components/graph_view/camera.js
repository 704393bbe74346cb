// The camera: {x, y, k} puts the diagram's point p at k * p + (x, y) in the canvas, all in px.
// It is a CSS transform of the whole SVG: nothing is laid out again, and 600 nodes keep 60 frames a second.

import { Flow } from "./flow.js"
import { center, clamp } from "./geometry.js"

/** @import { Box, Diagram } from "./diagram.js" */
/** @import { Point } from "./geometry.js" */

/** @typedef {{ x: number, y: number, k: number }} At */
/** @typedef {"fitted" | "opening" | null} Mode the view to return to when the canvas changes its size */

/**
 * What a camera saw last.
 * @typedef {{ at: At | null, mode: Mode, topology: string, boxes: Map<string, Box> }} Memory
 */

// Scales, given by how large a box's largest letters are on the screen, in px:
const READABLE = 8 // smaller ones cannot be read
export const OPENING = 11 // a network that does not fit opens no larger than this
const ROOMY = 14 // and one that fits no larger than this
const CLOSEST = 48
const PAD = { top: 56, side: 20 } // kept free around a fitted diagram; the bar is at the top
const IN_SIGHT = 80 // of the diagram that cannot be dragged out of the canvas

export const calm = matchMedia("(prefers-reduced-motion: reduce)")
/** @type {Map<string, Memory>} by network; outlives the page that the diagram is on */
const remembered = new Map()

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
    this.memory = { at: null, mode: null, topology: "", boxes: new Map() }
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
    this.memory = remembered.get(network) ?? { at: null, mode: null, topology: "", boxes: new Map() }
    remembered.set(network, this.memory)
    this.shown = diagram
    this.topology = topology
    this.wanted = wanted
    this.placed = false
    this.resize()
  }

  /** Does nothing in a closed tab. */
  resize() {
    const before = this.size
    const [w, h] = [this.canvas.clientWidth, this.canvas.clientHeight]
    if (!w || !this.shown) return
    const { at, mode, topology, boxes } = this.memory
    this.size = { w, h }
    if (this.placed) {
      if (mode) this.look(this[mode](), { mode })
      else this.look({ ...this.at, x: this.at.x + (w - before.w) / 2, y: this.at.y + (h - before.h) / 2 })
      return
    }
    this.flow.measure(this.diagram)
    this.memory.boxes = this.flow.boxes
    this.placed = true
    if (!at) this.look(this.opening(), { mode: "opening" })
    else if (topology === this.topology) this.look(at, { mode })
    else this.keepPlace(boxes)
    this.memory.topology = this.topology
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
      this.look(this.opening(), { mode: "opening" })
      return
    }
    const [[x0, y0], [x1, y1]] = [this.flow.entry(anchor.old), this.flow.entry(anchor.now)]
    this.look({ x: at.x + (x0 - x1) * at.k, y: at.y + (y0 - y1) * at.k, k: at.k })
    // A block that was folded may have begun out of sight.
    if (!this.sees(anchor.now)) this.reveal(anchor.now, { glide: false })
  }

  // ---- Views

  get room() {
    return { w: this.size.w - 2 * PAD.side, h: this.size.h - PAD.top - PAD.side }
  }

  fitted() {
    const { width, height } = this.diagram
    const { w, h } = this.room
    const k = Math.min(w / width, h / height, ROOMY / this.flow.letter)
    return { x: (this.size.w - width * k) / 2, y: PAD.top + (h - height * k) / 2, k }
  }

  /** All of it or, where that would be too small to read, the end at which the picture enters. */
  opening() {
    const all = this.fitted()
    if (all.k * this.flow.letter >= READABLE) return all
    const { width, height, places } = this.diagram
    const { w, h } = this.room
    const k = clamp(this.flow.down ? w / width : h / height, READABLE / this.flow.letter, OPENING / this.flow.letter)
    const [first] = this.flow.inOrder(places.filter((place) => place.kind === "node"))
    const [x, y] = first ? center(first.box) : [width / 2, height / 2]
    /** @type {(pad: number, room: number, length: number) => number} */
    const start = (pad, room, length) => (this.flow.backwards ? pad + room - length * k : pad)
    /** @type {(pad: number, room: number, length: number, at: number) => number} */
    const middle = (pad, room, length, at) => pad + room / 2 - k * (length * k <= room ? length / 2 : at)
    return this.flow.down
      ? { x: middle(PAD.side, w, width, x), y: start(PAD.top, h, height), k }
      : { x: start(PAD.side, w, width), y: middle(PAD.top, h, height, y), k }
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
    Object.assign(this.memory, { at: { x, y, k }, mode })
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
    const furthest = 0.7 * Math.min(this.fitted().k, READABLE / this.flow.letter)
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
    this.look({ x: this.size.w / 2 - k * x, y: (this.size.h + PAD.top) / 2 - k * y, k }, { glide })
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
    const { w, h } = this.size
    this.pan(shift(left, right, PAD.side, w - PAD.side), shift(top, bottom, PAD.top, h - PAD.side), glide)
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
