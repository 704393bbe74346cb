// The camera: {x, y, k} puts the drawing's point p at k * p + (x, y) in the canvas, all in px.
// It is a CSS transform of the whole SVG: nothing is laid out again, and 600 nodes keep 60 frames a second.

// Scales, given by how large a box's largest letters are on the screen, in px:
const READABLE = 8 // smaller ones cannot be read
const OPENING = 11 // a network that does not fit opens no larger than this
const ROOMY = 14 // and one that fits no larger than this
const CLOSEST = 48
const PAD = { top: 56, side: 20 } // kept free around a fitted drawing; the bar stands in the top
const IN_SIGHT = 80 // of the drawing cannot be dragged out of the canvas

const calm = matchMedia("(prefers-reduced-motion: reduce)")
const remembered = new Map() // network -> what a camera saw last; outlives the page that the diagram stands on
const clamp = (value, low, high) => Math.min(Math.max(value, low), high)
const center = (box) => [box.x + box.w / 2, box.y + box.h / 2]

class Camera {
  /** `onMove` runs after each move. */
  constructor(canvas, onMove) {
    this.canvas = canvas
    this.onMove = onMove
  }

  get at() {
    return this.memory.at
  }

  // ---- Placing: when a drawing is new, or the canvas has another size

  /** `wanted`: ids that should stay where they are, most important first. Does nothing in a closed tab. */
  show(drawing, { network, topology }, wanted) {
    this.memory = remembered.get(network) ?? { at: null, mode: null, topology: null, boxes: new Map() }
    remembered.set(network, this.memory)
    this.drawing = drawing
    this.topology = topology
    this.wanted = wanted
    this.placed = false
    this.resize()
  }

  resize() {
    const before = this.size
    const [w, h] = [this.canvas.clientWidth, this.canvas.clientHeight]
    if (!w || !this.drawing) return
    const { at, mode, topology, boxes } = this.memory
    this.size = { w, h }
    if (this.placed) {
      if (mode) this.look(this[mode](), { mode })
      else this.look({ ...at, x: at.x + (w - before.w) / 2, y: at.y + (h - before.h) / 2 })
      return
    }
    this.measure()
    this.placed = true
    if (!at) this.look(this.opening(), { mode: "opening" })
    else if (topology === this.topology) this.look(at, { mode })
    else this.keepPlace(boxes)
    this.memory.topology = this.topology
  }

  /** Boxes in the drawing's own units, and the way the network runs. */
  measure() {
    const { svg, places, edges } = this.drawing
    svg.style.transition = "none"
    svg.style.transform = "none"
    const origin = svg.getBoundingClientRect()
    for (const item of places) {
      const { x, y, width: w, height: h } = item.element.getBoundingClientRect()
      item.box = { x: x - origin.x, y: y - origin.y, w, h }
    }
    const boxes = new Map(places.map(({ id, box }) => [id, box]))
    const sum = [0, 0]
    for (const { from, to } of edges) {
      if (!boxes.has(from) || !boxes.has(to)) continue
      const [[ax, ay], [bx, by]] = [center(boxes.get(from)), center(boxes.get(to))]
      sum[0] += bx - ax
      sum[1] += by - ay
    }
    this.down = Math.abs(sum[1]) >= Math.abs(sum[0])
    this.backwards = sum[this.down ? 1 : 0] < 0
    this.memory.boxes = boxes
    const letters = [...svg.querySelectorAll(".node text")]
    this.letter = Math.max(...letters.map((text) => parseFloat(text.getAttribute("font-size")) || 14), 1)
  }

  /** After another layout: what the person looks at stays where it is, at the same scale. */
  keepPlace(before) {
    const { boxes, at } = this.memory
    const common = [...before.keys()].filter((id) => boxes.has(id))
    const seen = common.filter((id) => this.sees(before.get(id)))
    const wanted = this.wanted.filter((id) => common.includes(id))
    const fromMiddle = (id) => {
      const [x, y] = this.onScreen(this.entry(before.get(id)))
      return Math.hypot(x - this.size.w / 2, y - this.size.h / 2)
    }
    const nearest = seen.sort((a, b) => fromMiddle(a) - fromMiddle(b))[0]
    const anchor = wanted.find((id) => seen.includes(id)) ?? nearest ?? wanted[0]
    if (!anchor) {
      this.look(this.opening(), { mode: "opening" })
      return
    }
    const [[x0, y0], [x1, y1]] = [this.entry(before.get(anchor)), this.entry(boxes.get(anchor))]
    this.look({ x: at.x + (x0 - x1) * at.k, y: at.y + (y0 - y1) * at.k, k: at.k })
    // A folded block may have begun out of sight.
    if (!this.sees(boxes.get(anchor))) this.reveal(boxes.get(anchor), { glide: false })
  }

  /** Where data enters a box: the middle of that side. A block keeps it when it is expanded or folded. */
  entry({ x, y, w, h }) {
    const far = this.backwards ? 1 : 0
    return this.down ? [x + w / 2, y + far * h] : [x + far * w, y + h / 2]
  }

  /** Sorts places the way the network runs. */
  inOrder(places) {
    const sign = this.backwards ? -1 : 1
    const [along, across] = this.down ? ["y", "x"] : ["x", "y"]
    return [...places].sort((a, b) => sign * (a.box[along] - b.box[along]) || a.box[across] - b.box[across])
  }

  // ---- Views

  get room() {
    return { w: this.size.w - 2 * PAD.side, h: this.size.h - PAD.top - PAD.side }
  }

  fitted() {
    const { width, height } = this.drawing
    const { w, h } = this.room
    const k = Math.min(w / width, h / height, ROOMY / this.letter)
    return { x: (this.size.w - width * k) / 2, y: PAD.top + (h - height * k) / 2, k }
  }

  /** All of it or, where that would be too small to read, the end at which the picture enters. */
  opening() {
    const all = this.fitted()
    if (all.k * this.letter >= READABLE) return all
    const { width, height, places } = this.drawing
    const { w, h } = this.room
    const k = clamp(this.down ? w / width : h / height, READABLE / this.letter, OPENING / this.letter)
    const [first] = this.inOrder(places.filter((item) => item.kind === "node"))
    const [x, y] = first ? center(first.box) : [width / 2, height / 2]
    const start = (pad, room, length) => (this.backwards ? pad + room - length * k : pad)
    const middle = (pad, room, length, at) => pad + room / 2 - k * (length * k <= room ? length / 2 : at)
    return this.down
      ? { x: middle(PAD.side, w, width, x), y: start(PAD.top, h, height), k }
      : { x: start(PAD.side, w, width), y: middle(PAD.top, h, height, y), k }
  }

  // ---- Moving; `mode` is the view to go back to when the canvas changes its size

  look({ x, y, k }, { mode = null, glide = false } = {}) {
    const { svg, width, height } = this.drawing
    x = clamp(x, IN_SIGHT - width * k, this.size.w - IN_SIGHT)
    y = clamp(y, IN_SIGHT - height * k, this.size.h - IN_SIGHT)
    Object.assign(this.memory, { at: { x, y, k }, mode })
    svg.style.transition = glide && !calm.matches ? "transform 0.18s ease-out" : "none"
    svg.style.transform = `translate(${x}px, ${y}px) scale(${k})`
    this.onMove()
  }

  zoom(factor, [x, y] = [this.size.w / 2, this.size.h / 2], glide = false) {
    if (!this.placed) return
    const { at } = this
    const furthest = 0.7 * Math.min(this.fitted().k, READABLE / this.letter)
    const k = clamp(at.k * factor, furthest, CLOSEST / this.letter)
    this.look({ x: x - ((x - at.x) * k) / at.k, y: y - ((y - at.y) * k) / at.k, k }, { glide })
  }

  pan(dx, dy, glide = false) {
    if (!this.placed || (!dx && !dy)) return
    const { x, y, k } = this.at
    this.look({ x: x + dx, y: y + dy, k }, { glide })
  }

  centerOn([x, y], k = this.at.k, glide = false) {
    this.look({ x: this.size.w / 2 - k * x, y: (this.size.h + PAD.top) / 2 - k * y, k }, { glide })
  }

  /** The shortest way that brings a box into sight, or the beginning of one that is larger than the canvas. */
  reveal(box, { glide = true } = {}) {
    const shift = (low, high, from, to) => {
      if (high - low > to - from) return low < to && high > from ? 0 : from - low
      return low < from ? from - low : Math.min(0, to - high)
    }
    const [[left, top], [right, bottom]] = this.corners(box)
    const { w, h } = this.size
    this.pan(shift(left, right, PAD.side, w - PAD.side), shift(top, bottom, PAD.top, h - PAD.side), glide)
  }

  onScreen([x, y]) {
    return [x * this.at.k + this.at.x, y * this.at.k + this.at.y]
  }

  inDrawing([x, y]) {
    return [(x - this.at.x) / this.at.k, (y - this.at.y) / this.at.k]
  }

  corners({ x, y, w, h }) {
    return [this.onScreen([x, y]), this.onScreen([x + w, y + h])]
  }

  sees(box) {
    const [[left, top], [right, bottom]] = this.corners(box)
    return right > 0 && bottom > 0 && left < this.size.w && top < this.size.h
  }
}
