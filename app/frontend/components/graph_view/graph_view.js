// The view: what Python sends, what the person does, and what both lead to. The other scripts do the parts.

import { Outbox } from "../shared/outbox.js"
import { part } from "../shared/parts.js"
import { tellSelected } from "../shared/selection.js"
import { Bar } from "./bar.js"
import { Camera, calm } from "./camera.js"
import { Diagram } from "./diagram.js"
import { Hint } from "./hint.js"
import { listenToKeys } from "./keys.js"
import { drawLegend } from "./legend.js"
import { Minimap } from "./minimap.js"
import { Numbers } from "./numbers.js"
import { Overlay } from "./overlay.js"
import { ancestors, clusterAround, placesAt } from "./paths.js"
import { listenToPointers } from "./pointers.js"
import { Search } from "./search.js"
import { Tip } from "./tip.js"

/** @import { Send } from "../shared/messages.d.ts" */
/** @import { Edge, Place } from "./diagram.js" */
/** @import { Point } from "./geometry.js" */
/** @import { GraphViewData, GraphViewTold } from "./messages.d.ts" */

export class GraphView {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root
    this.canvas = part(root, ".canvas", HTMLElement)
    this.drawn = part(root, ".drawn", HTMLElement)
    this.legend = part(root, ".legend", HTMLElement)
    this.hint = new Hint(part(root, ".hint", HTMLElement))
    /** @type {GraphViewData | null} */
    this.data = null
    /** @type {Diagram | null} */
    this.diagram = null
    /** @type {string | null} a path */
    this.selected = null
    /** @type {Place[]} those that stand for the selection */
    this.chosen = []
    /** @type {Place | undefined} the one that Tab reaches */
    this.active = undefined
    /** @type {Place | Edge | null} */
    this.hovered = null
    /** @type {Outbox<GraphViewTold>} */
    this.outbox = new Outbox()
    this.overlay = new Overlay()
    this.camera = new Camera(this.canvas, () => this.moved())
    this.map = new Minimap(part(root, ".map", HTMLElement), this.root, this.camera)
    this.tip = new Tip(part(root, ".tip", HTMLElement), this.canvas)
    this.search = new Search(this)
    this.bar = new Bar(this)
    this.numbers = new Numbers(this, part(root, ".number", HTMLElement))
    listenToPointers(this)
    listenToKeys(this)
    new ResizeObserver(() => {
      this.camera.resize()
      this.decorate()
    }).observe(this.canvas)
  }

  /** The nodes and clusters. */
  get places() {
    return this.diagram?.places ?? []
  }

  get expandable() {
    return this.data?.expandable ?? false
  }

  // ---- From Python

  /**
   * @param {GraphViewData} data
   * @param {Send<GraphViewTold>} send
   */
  update(data, send) {
    const before = this.data
    this.data = data
    this.outbox.answered(data.handled, send)
    this.root.style.setProperty("--height", data.height)
    this.root.toggleAttribute("data-fixed", !data.expandable)
    this.root.toggleAttribute("data-part", data.walk !== null)
    this.root.toggleAttribute("data-outdated", data.outdated)
    this.bar.walk(data.walk)
    drawLegend(this.legend, data.legend)
    const changed = this.show(data, before)
    this.receive(data)
    this.numbers.update(data.numbers)
    if (changed) this.decorate()
  }

  /**
   * Returns whether anything changed.
   * @param {GraphViewData} data
   * @param {GraphViewData | null} before
   */
  show(data, before) {
    const { network, drawing } = data
    if (network !== before?.network) this.selected = null // another one's blocks may have the same names
    const sameLayout = network === before?.network && drawing.topology === before.drawing.topology
    const changed = sameLayout ? this.diagram?.patch(drawing.items) : null
    if (changed) this.flash(changed)
    else this.replace(data)
    const any = !changed || changed.length > 0
    if (any && this.search.input.value) this.search.run()
    return any
  }

  /** @param {GraphViewData} data */
  replace({ network, drawing, selected }) {
    const diagram = Diagram.of(drawing)
    if (!diagram) return this.hint.say("This diagram cannot be drawn.")
    const focused = this.places.find(({ element }) => element.matches(":focus"))
    this.diagram = diagram
    this.chosen = []
    this.hovered = null
    this.overlay.cover(diagram)
    this.drawn.replaceChildren(diagram.svg)
    this.map.takeRoom(diagram)
    const wanted = [selected, focused?.id].flatMap((path) => (path ? ancestors(path) : []))
    this.camera.show(diagram, network, drawing.topology, wanted)
    this.active = focused && placesAt(this.places, focused.id)[0]
    if (focused) (this.active?.element ?? this.canvas).focus({ preventScroll: true })
  }

  /**
   * Shows where an edit landed.
   * @param {(Place | Edge)[]} changed
   */
  flash(changed) {
    if (calm.matches || !this.camera.placed) return
    this.overlay.flash(this.places.filter((place) => place.edited && changed.includes(place)))
  }

  // ---- Selection: shown at once, then confirmed by Python

  /** @param {Place} place */
  choose(place) {
    if (place.id === this.selected) return
    this.select(place.id)
    tellSelected(place.id)
    this.outbox.tell({ select: place.id })
  }

  /** @param {string} path of what is before or after */
  go(path) {
    if (!path) return
    tellSelected(path)
    this.outbox.tell({ select: path })
  }

  /** @param {Place | undefined} place */
  expand(place) {
    if (this.expandable && place?.kind === "node") this.outbox.tell({ expand: place.id })
  }

  /** @param {Place | undefined} place */
  fold(place) {
    const cluster = place && clusterAround(this.places, place.id)
    if (this.expandable && cluster) this.outbox.tell({ expand: cluster.id })
  }

  /** @param {Place} place */
  toggle(place) {
    if (place.kind === "node") this.expand(place)
    else this.fold(place)
  }

  /** @param {Place | undefined} place whose thumbnail is to be opened */
  openMap(place) {
    if (place?.element.querySelector("image")) this.outbox.tell({ map: place.id })
  }

  /** @param {GraphViewData} data */
  receive({ selected }) {
    const told = this.outbox.waiting.flatMap((event) => ("select" in event ? [event.select] : []))
    const path = told.at(-1) ?? selected
    const elsewhere = path !== this.selected
    this.select(path)
    if (!elsewhere || !this.camera.placed || !this.chosen.length) return
    if (!this.chosen.some((place) => this.camera.sees(place.box))) this.camera.reveal(this.chosen[0].box)
  }

  /** @param {string | null} path */
  select(path) {
    for (const place of this.chosen) place.element.removeAttribute("aria-current")
    this.selected = path
    this.chosen = placesAt(this.places, path)
    for (const place of this.chosen) place.element.setAttribute("aria-current", "true")
    /** @param {string} end */
    const chosen = (end) => this.chosen.some(({ id }) => end === id || end.startsWith(`${id}.`))
    for (const { element, from, to } of this.diagram?.edges ?? []) {
      element.toggleAttribute("data-near", chosen(from) !== chosen(to)) // what goes in and out
    }
    const first = this.chosen.at(0)
    this.bar.button("expand").disabled = this.chosen.length !== 1 || first?.kind !== "node"
    this.bar.button("fold").disabled = !first || !clusterAround(this.places, first.id)
    if (!this.active?.element.matches(":focus")) {
      this.rove(first ?? this.active ?? this.places.find((place) => place.kind === "node"))
    }
    this.drawRings()
  }

  // ---- What is where

  /**
   * @param {MouseEvent} event
   * @returns {Point}
   */
  point(event) {
    const { x, y } = this.canvas.getBoundingClientRect()
    return [event.clientX - x, event.clientY - y]
  }

  /** @param {EventTarget | null} target */
  edgeOf(target) {
    return target instanceof SVGElement ? this.diagram?.edges[Number(target.dataset.edge)] : undefined
  }

  /** @param {EventTarget | null} target */
  placeOf(target) {
    const element = target instanceof Element && target.closest(".node, .cluster")
    return element ? this.places.find((place) => place.element === element) : undefined
  }

  /**
   * Makes `place` the one that Tab reaches.
   * @param {Place | undefined} place
   */
  rove(place) {
    this.active?.element.setAttribute("tabindex", "-1")
    this.active = place
    place?.element.setAttribute("tabindex", "0")
  }

  fit() {
    if (this.camera.placed) this.camera.look(this.camera.fitted(), { mode: "fitted", glide: true })
  }

  // ---- What follows the camera: rings, small map, tip

  moved() {
    this.overlay.scale(this.camera.at.k)
    this.tip.hide()
    this.map.follow()
    this.numbers?.place()
  }

  decorate() {
    if (!this.camera.placed) return
    this.map.draw()
    this.drawRings()
  }

  drawRings() {
    if (!this.camera.placed) return
    const { hovered, chosen } = this
    this.overlay.ring({
      hovered: this.places.filter((place) => place === hovered),
      chosen,
      found: this.places.filter((place) => place === this.search.match),
      focused: this.places.filter(({ element }) => element.matches(":focus-visible")),
    })
  }

  /** @param {PointerEvent | null} event */
  hover(event) {
    const target = event?.pointerType === "mouse" ? event.target : null
    const item = this.placeOf(target) ?? this.edgeOf(target) ?? null
    if (item !== this.hovered) {
      this.tip.hide()
      this.hovered = item
      this.drawRings()
    }
    if (item && event) this.tip.follow(item, this.point(event))
  }
}
