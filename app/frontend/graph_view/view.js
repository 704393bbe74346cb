// The viewer: what Python sends, what the person does, and what both see. The other scripts serve it.

const SLACK_PX = 5 // a press that moves less is a click
const DOUBLE_MS = 350
const HINT_MS = 2500
const FLASH_MS = 900
const KEYS_HINT = "Arrows walk, Enter selects, 0 fits, / searches"
const EXPAND_HINT = ", + and − expand and fold"
const WHEEL_HINT = "Click the diagram to zoom with the wheel, or hold Ctrl"
const ARROWS = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] }

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".view")
  root.graph ??= new GraphView(root, data.key)
  root.graph.update(data, (value) => setTriggerValue("events", value))
}

class GraphView {
  constructor(root, key) {
    this.root = root
    for (const name of ["canvas", "drawn", "count", "legend", "hint"]) {
      this[name] = root.querySelector(`.${name}`)
    }
    this.input = root.querySelector("input")
    this.camera = new Camera(this.canvas, key, () => this.moved())
    this.map = new Minimap(root.querySelector(".map"), this.camera)
    this.tip = new Tip(root.querySelector(".tip"), this.canvas)
    this.places = [] // the nodes and clusters
    this.chosen = [] // those that stand for the selection
    this.matches = [] // those that the search finds
    this.client = Math.random().toString(36).slice(2)
    this.number = 0
    this.waiting = [] // events that Python has not answered; every message carries all of them
    this.listenToPointers()
    this.listenToKeys()
    this.listenToBar()
    new ResizeObserver(() => {
      this.camera.resize()
      this.decorate()
    }).observe(this.canvas)
  }

  // ---- From Python

  update(data, send) {
    const before = this.data
    this.data = data
    this.send = send
    this.root.style.setProperty("--height", `${data.height_px}px`)
    this.root.toggleAttribute("data-fixed", !data.expandable)
    this.drawLegend(data.legend)
    const drawn = data.svg !== before?.svg
    if (drawn) this.show(data, before)
    this.receive(data)
    if (drawn) this.decorate()
  }

  show(data, before) {
    const changed = this.drawing && data.topology === before.topology ? patchDrawing(this.drawing, data.svg) : null
    const fresh = changed ? null : readDrawing(data.svg)
    if (changed) this.flash(changed)
    else if (fresh) this.replace(fresh, data)
    else this.say("This diagram cannot be drawn.")
    if (this.input.value) this.search()
  }

  replace(drawing, { topology, selected }) {
    const focused = this.places.find((place) => place.element.matches(":focus"))
    this.drawing = drawing
    this.places = drawing.places
    this.chosen = []
    this.hovered = null
    for (const name of ["flashes", "rings"]) {
      this[name] = svgElement("g", { class: name })
      drawing.svg.append(this[name])
    }
    this.drawn.replaceChildren(document.adoptNode(drawing.svg))
    this.camera.show(drawing, topology, [selected, focused?.id].filter(Boolean).flatMap(ancestors))
    this.active = focused && placesAt(this.places, focused.id)[0]
    if (focused) (this.active?.element ?? this.canvas).focus({ preventScroll: true })
  }

  /** Shows where an edit landed. */
  flash(items) {
    if (calm.matches || !this.camera.placed) return
    for (const { box } of items.filter((item) => item.edited && item.kind !== "edge")) {
      const light = ring("edited", box)
      this.flashes.append(light)
      const fading = light.animate([{ opacity: 1 }, { opacity: 0 }], { duration: FLASH_MS, easing: "ease-in" })
      fading.onfinish = () => light.remove()
    }
  }

  // ---- Selection: shown at once, then confirmed by Python

  choose(place) {
    if (place.id === this.selected) return
    this.select(place.id)
    this.tell({ select: place.id })
  }

  expand(place) {
    if (this.data.expandable && place?.kind === "node") this.tell({ expand: place.id })
  }

  fold(place) {
    const cluster = place && clusterAround(this.places, place.id)
    if (this.data.expandable && cluster) this.tell({ expand: cluster.id })
  }

  toggle(place) {
    if (place.kind === "node") this.expand(place)
    else this.fold(place)
  }

  tell(event) {
    this.waiting.push({ number: ++this.number, ...event })
    this.send({ client: this.client, events: this.waiting })
  }

  receive({ selected, handled: [client, number] }) {
    if (client === this.client) this.waiting = this.waiting.filter((event) => event.number > number)
    const path = this.waiting.findLast((event) => event.select)?.select ?? selected
    const elsewhere = path !== this.selected
    this.select(path)
    if (!elsewhere || !this.camera.placed || !this.chosen.length) return
    if (!this.chosen.some((place) => this.camera.sees(place.box))) this.camera.reveal(this.chosen[0].box)
  }

  select(path) {
    for (const place of this.chosen) place.element.removeAttribute("aria-current")
    this.selected = path
    this.chosen = placesAt(this.places, path)
    for (const place of this.chosen) place.element.setAttribute("aria-current", "true")
    const chosen = (end) => this.chosen.some(({ id }) => end === id || end.startsWith(`${id}.`))
    for (const { element, from, to } of this.drawing?.edges ?? []) {
      element.toggleAttribute("data-near", chosen(from) !== chosen(to)) // what goes in and out
    }
    const [first] = this.chosen
    this.button("expand").disabled = this.chosen.length !== 1 || first.kind !== "node"
    this.button("fold").disabled = !first || !clusterAround(this.places, first.id)
    if (!this.active?.element.matches(":focus")) {
      this.rove(first ?? this.active ?? this.places.find((place) => place.kind === "node"))
    }
    this.drawRings()
  }

  // ---- Pointers: drag or one finger pans, two fingers zoom, a click selects, a double click expands or zooms

  listenToPointers() {
    const { canvas, camera } = this
    const fingers = new Map() // pointer id -> [x, y]
    let dragged = false
    let last = null
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return
      if (!fingers.size) dragged = false
      fingers.set(event.pointerId, this.point(event))
      this.tip.hide()
    })
    canvas.addEventListener("pointermove", (event) => {
      const from = fingers.get(event.pointerId)
      if (!from || !event.buttons) return fingers.delete(event.pointerId) || this.hover(event)
      const to = this.point(event)
      if (!dragged && distance(from, to) < SLACK_PX) return
      dragged = true
      canvas.setPointerCapture(event.pointerId)
      fingers.set(event.pointerId, to)
      const [, still] = [...fingers].find(([id]) => id !== event.pointerId) ?? []
      const share = still ? 0.5 : 1 // two fingers: their middle moves half as far
      camera.pan(share * (to[0] - from[0]), share * (to[1] - from[1]))
      if (!still) return
      camera.zoom(distance(to, still) / distance(from, still), [(to[0] + still[0]) / 2, (to[1] + still[1]) / 2])
    })
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, (event) => fingers.delete(event.pointerId))
    }
    canvas.addEventListener("pointerleave", () => this.hover(null))
    canvas.addEventListener("click", (event) => {
      if (dragged && event.detail) return // detail 0: not a pointer but assistive technology
      const tap = { at: this.point(event), time: event.timeStamp, place: this.placeOf(this.beneathEdges(event)) }
      const again = last && tap.time - last.time < DOUBLE_MS && distance(tap.at, last.at) < 4 * SLACK_PX
      last = again ? null : tap
      ;(tap.place?.element ?? canvas).focus({ preventScroll: true })
      if (!again) return tap.place && this.choose(tap.place)
      if (!tap.place || !this.data.expandable) return camera.zoom(2, tap.at, true)
      return this.toggle(tap.place)
    })
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false })
    canvas.addEventListener("scroll", () => {
      const [dx, dy] = [-canvas.scrollLeft, -canvas.scrollTop] // by the browser, for Tab or find in page
      canvas.scrollTo(0, 0)
      camera.pan(dx, dy)
    })
  }

  /** A pinch on a touchpad comes as a wheel with Ctrl. A plain wheel is the page's until the diagram has the focus. */
  wheel(event) {
    if (!event.ctrlKey && !event.metaKey && !this.root.matches(":focus-within, :fullscreen, :popover-open")) {
      return this.say(WHEEL_HINT)
    }
    event.preventDefault()
    const px = event.deltaY * [1, 20, 400][event.deltaMode]
    return this.camera.zoom(Math.exp(-px * (event.ctrlKey && Math.abs(px) < 50 ? 0.01 : 0.002)), this.point(event))
  }

  point(event) {
    const { x, y } = this.canvas.getBoundingClientRect()
    return [event.clientX - x, event.clientY - y]
  }

  beneathEdges({ target, clientX, clientY }) {
    if (!this.edgeOf(target)) return target
    return this.root.getRootNode().elementsFromPoint(clientX, clientY).find((element) => !this.edgeOf(element))
  }

  edgeOf(target) {
    return this.drawing?.edges[target.dataset.edge]
  }

  placeOf(target) {
    const element = target.closest(".node, .cluster")
    return element && this.places.find((place) => place.element === element)
  }

  // ---- Keys: one place at a time can be reached with Tab; arrows walk from there

  listenToKeys() {
    this.canvas.addEventListener("focusin", (event) => {
      const place = this.placeOf(event.target)
      if (place) this.rove(place)
      this.drawRings()
      if (!event.target.matches(":focus-visible")) return
      if (!this.canvas.contains(event.relatedTarget)) this.say(KEYS_HINT + (this.data.expandable ? EXPAND_HINT : ""))
      if (!place) return
      const [[, top], [right]] = this.camera.corners(place.box)
      this.tip.show(place, [right, top - 18])
    })
    this.canvas.addEventListener("focusout", () => {
      this.drawRings()
      this.tip.hide()
    })
    this.canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (this.pressed(event.key)) event.preventDefault()
    })
  }

  /** Returns false if the key means nothing here. */
  pressed(key) {
    const place = this.places.find((each) => each.element.matches(":focus"))
    if (key in ARROWS) this.step(place, ARROWS[key])
    else if (key === "Enter" || key === " ") this.enter(place)
    else if (key === "+" || key === "=") this.expand(place)
    else if (key === "-") this.fold(place)
    else if (key === "0" || key === "f") this.fit()
    else if (key === "/") this.input.focus()
    else if (key === "Escape") return this.leaveFull() || this.tip.hide()
    else return false
    return true
  }

  enter(place) {
    if (place?.id === this.selected) this.toggle(place)
    else if (place) this.choose(place)
  }

  /** Along the network an arrow follows the connections, across it an arrow goes to the neighbour. */
  step(place, [dx, dy]) {
    if (!place) return this.walkTo(this.active)
    const { camera } = this
    const here = place.kind === "node" ? center(place.box) : camera.entry(place.box)
    const touching = this.drawing.edges.filter(({ from, to }) => from === place.id || to === place.id)
    const reached = new Set(touching.flatMap(({ from, to }) => [from, to]))
    const ways = []
    for (const next of this.places) {
      if (next.kind !== "node" || next === place) continue
      const [x, y] = center(next.box)
      const ahead = (x - here[0]) * dx + (y - here[1]) * dy
      const aside = Math.abs((x - here[0]) * dy) + Math.abs((y - here[1]) * dx)
      const linked = (dy !== 0) === camera.down && reached.has(next.id)
      if (ahead > 1 && (linked || aside < 0.6 * ahead)) ways.push({ next, linked, far: ahead + 2 * aside })
    }
    const [best] = ways.sort((a, b) => b.linked - a.linked || a.far - b.far)
    return best && this.walkTo(best.next)
  }

  walkTo(place) {
    if (!place) return
    this.camera.reveal(place.box)
    place.element.focus({ preventScroll: true })
  }

  rove(place) {
    this.active?.element.setAttribute("tabindex", "-1")
    this.active = place
    place?.element.setAttribute("tabindex", "0")
  }

  // ---- Bar: zoom, full screen, search

  listenToBar() {
    const acts = {
      in: () => this.camera.zoom(1.5, undefined, true),
      out: () => this.camera.zoom(1 / 1.5, undefined, true),
      fit: () => this.fit(),
      full: () => this.leaveFull() || this.enterFull(),
      expand: () => this.expand(this.chosen[0]),
      fold: () => this.fold(this.chosen[0]),
    }
    this.root.querySelector(".bar").addEventListener("click", (event) => {
      acts[event.target.closest("button")?.dataset.act]?.()
    })
    for (const change of ["fullscreenchange", "toggle"]) {
      this.root.addEventListener(change, () => {
        this.button("full").setAttribute("aria-pressed", this.root.matches(":fullscreen, :popover-open"))
      })
    }
    this.input.addEventListener("input", () => this.search())
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.nextMatch(event.shiftKey ? -1 : 1)
      if (event.key === "Escape") this.leaveSearch()
    })
  }

  button(act) {
    return this.root.querySelector(`[data-act=${act}]`)
  }

  fit() {
    if (this.camera.placed) this.camera.look(this.camera.fitted(), { mode: "fitted", glide: true })
  }

  /** Where a browser has no full screen for elements (iPhone), the top layer over the page serves. */
  async enterFull() {
    try {
      await this.root.requestFullscreen()
    } catch {
      this.root.popover = "manual"
      this.root.showPopover()
    }
  }

  leaveFull() {
    if (this.root.matches(":fullscreen")) document.exitFullscreen()
    else if (this.root.popover) this.root.popover = null
    else return false
    return true
  }

  search() {
    const squeeze = (text) => text.toLowerCase().replaceAll(" ", "")
    const wanted = squeeze(this.input.value)
    const matches = ({ id, text }) => wanted && squeeze(`${id}\n${text}`).includes(wanted)
    const found = this.places.filter(matches)
    this.matches = this.camera.placed ? this.camera.inOrder(found) : found
    this.match = null
    this.root.toggleAttribute("data-searching", wanted !== "")
    for (const place of this.places) place.element.toggleAttribute("data-match", found.includes(place))
    this.count.textContent = wanted && String(found.length)
    this.drawRings()
  }

  nextMatch(step) {
    const { length } = this.matches
    if (!length) return
    const index = this.match ? this.matches.indexOf(this.match) + step : step > 0 ? 0 : -1
    this.match = this.matches.at(((index % length) + length) % length)
    this.count.textContent = `${this.matches.indexOf(this.match) + 1}/${length}`
    this.camera.centerOn(center(this.match.box), Math.max(this.camera.at.k, OPENING / this.camera.letter), true)
    this.drawRings()
  }

  leaveSearch() {
    const place = this.match ?? this.active
    this.input.value = ""
    this.search()
    ;(place?.element ?? this.canvas).focus({ preventScroll: true })
  }

  // ---- What lies over the drawing: rings, small map, legend, tip, hint

  moved() {
    for (const layer of [this.flashes, this.rings]) layer.style.setProperty("--px", 1 / this.camera.at.k)
    this.tip.hide()
    if (this.map.k) this.map.follow()
  }

  decorate() {
    if (!this.camera.placed) return
    this.map.draw()
    this.drawRings()
  }

  drawRings() {
    if (!this.camera.placed) return
    const focused = this.places.filter((place) => place.element.matches(":focus-visible"))
    const kinds = { hovered: [this.hovered], chosen: this.chosen, found: [this.match], focused }
    const ringed = (kind) => kinds[kind].filter((place) => place?.box).map((place) => ring(kind, place.box))
    this.rings.replaceChildren(...Object.keys(kinds).flatMap(ringed))
  }

  /** `legend` is a list of [colour, label], or {colours, low, high} for a scale. */
  drawLegend(legend) {
    const chip = (background, ...labels) => {
      const [line, sample] = [document.createElement("li"), document.createElement("i")]
      sample.style.background = background
      line.append(sample, ...labels)
      return line
    }
    const scale = legend.colours && chip(`linear-gradient(to right, ${legend.colours})`, legend.high)
    scale?.prepend(legend.low)
    this.legend.replaceChildren(...(scale ? [scale] : legend.map(([colour, label]) => chip(colour, label))))
    this.legend.classList.toggle("scale", Boolean(scale))
  }

  hover(event) {
    const item = event?.pointerType === "mouse" ? this.placeOf(event.target) ?? this.edgeOf(event.target) : null
    if (item !== this.hovered) {
      this.tip.hide()
      this.hovered = item
      this.drawRings()
    }
    if (item) this.tip.follow(item, this.point(event))
  }

  say(text) {
    this.hint.textContent = text
    this.hint.hidden = false
    clearTimeout(this.hintTimer)
    this.hintTimer = setTimeout(() => (this.hint.hidden = true), HINT_MS)
  }
}

const distance = ([x, y], [u, v]) => Math.hypot(x - u, y - v)

function ring(kind, { x, y, w, h }) {
  const gap = kind === "focused" ? 6 : 2
  const [width, height] = [w + 2 * gap, h + 2 * gap]
  return svgElement("rect", { class: kind, x: x - gap, y: y - gap, width, height, rx: gap + 3 })
}
