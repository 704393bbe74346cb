// The viewer: what Python sends, what the person does, and what both see. The other scripts serve it.

const HINT_MS = 2500
const FLASH_MS = 900

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".view")
  root.graph ??= new GraphView(root)
  root.graph.update(data, (value) => setTriggerValue("events", value))
}

class GraphView {
  constructor(root) {
    this.root = root
    for (const name of ["canvas", "drawn", "legend", "hint"]) {
      this[name] = root.querySelector(`.${name}`)
    }
    this.camera = new Camera(this.canvas, () => this.moved())
    this.map = new Minimap(root.querySelector(".map"), this.camera)
    this.tip = new Tip(root.querySelector(".tip"), this.canvas)
    this.places = [] // the nodes and clusters
    this.chosen = [] // those that stand for the selection
    this.outbox = new Outbox()
    this.search = new Search(this)
    listenToPointers(this)
    listenToKeys(this)
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
    this.outbox.answered(data.handled, send)
    this.root.style.setProperty("--height", `${data.height_px}px`)
    this.root.toggleAttribute("data-fixed", !data.expandable)
    this.drawLegend(data.legend)
    const drawn = data.svg !== before?.svg
    if (drawn) this.show(data, before)
    this.receive(data)
    if (drawn) this.decorate()
  }

  show(data, before) {
    if (data.network !== before?.network) this.selected = null // another one's blocks may have the same names
    const stands = this.drawing && data.network === before.network && data.topology === before.topology
    const changed = stands ? patchDrawing(this.drawing, data.svg) : null
    const fresh = changed ? null : readDrawing(data.svg)
    if (changed) this.flash(changed)
    else if (fresh) this.replace(fresh, data)
    else this.say("This diagram cannot be drawn.")
    if (this.search.input.value) this.search.run()
  }

  replace(drawing, data) {
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
    this.camera.show(drawing, data, [data.selected, focused?.id].filter(Boolean).flatMap(ancestors))
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
    tellSelected(place.id)
    this.outbox.tell({ select: place.id })
  }

  expand(place) {
    if (this.data.expandable && place?.kind === "node") this.outbox.tell({ expand: place.id })
  }

  fold(place) {
    const cluster = place && clusterAround(this.places, place.id)
    if (this.data.expandable && cluster) this.outbox.tell({ expand: cluster.id })
  }

  toggle(place) {
    if (place.kind === "node") this.expand(place)
    else this.fold(place)
  }

  receive({ selected }) {
    const path = this.outbox.waiting.findLast((event) => event.select)?.select ?? selected
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

  // ---- What is where

  point(event) {
    const { x, y } = this.canvas.getBoundingClientRect()
    return [event.clientX - x, event.clientY - y]
  }

  edgeOf(target) {
    return this.drawing?.edges[target.dataset.edge]
  }

  placeOf(target) {
    const element = target.closest(".node, .cluster")
    return element && this.places.find((place) => place.element === element)
  }

  /** Makes `place` the one that Tab reaches. */
  rove(place) {
    this.active?.element.setAttribute("tabindex", "-1")
    this.active = place
    place?.element.setAttribute("tabindex", "0")
  }

  // ---- Bar: zoom, full screen

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
    const kinds = { hovered: [this.hovered], chosen: this.chosen, found: [this.search.match], focused }
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

function ring(kind, { x, y, w, h }) {
  const gap = kind === "focused" ? 6 : 2
  const [width, height] = [w + 2 * gap, h + 2 * gap]
  return svgElement("rect", { class: kind, x: x - gap, y: y - gap, width, height, rx: gap + 3 })
}
