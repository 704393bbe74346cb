// Keys: one place at a time can be reached with Tab; arrow keys walk from there.

import { PRESENT_KEYS, presenting } from "../shared/presenting.js"
import { center } from "./geometry.js"

/** @import { Place } from "./diagram.js" */
/** @import { GraphView } from "./graph_view.js" */

const KEYS_HINT = "Arrows walk, Enter selects, 0 fits, / searches"
const EXPAND_HINT = ", + and − expand and fold"
/** @type {Record<string, [right: number, down: number]>} */
const ARROWS = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] }

/** @param {GraphView} view */
export function listenToKeys(view) {
  view.canvas.addEventListener("focusin", ({ target, relatedTarget }) => {
    const place = view.placeOf(target)
    if (place) view.rove(place)
    view.drawRings()
    if (!(target instanceof Element) || !target.matches(":focus-visible")) return
    const entered = !(relatedTarget instanceof Node && view.canvas.contains(relatedTarget))
    if (entered) view.hint.say(presenting() ? PRESENT_KEYS : KEYS_HINT + (view.expandable ? EXPAND_HINT : ""))
    if (!place) return
    const [[, top], [right]] = view.camera.corners(place.box)
    view.tip.show(place, [right, top - 18])
  })
  view.canvas.addEventListener("focusout", () => {
    view.drawRings()
    view.tip.hide()
  })
  view.canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (pressed(view, event.key)) event.preventDefault()
  })
}

/**
 * Returns false if the key means nothing here.
 * @param {GraphView} view
 * @param {string} key
 */
function pressed(view, key) {
  const place = view.places.find(({ element }) => element.matches(":focus"))
  if (key in ARROWS) step(view, place, ARROWS[key])
  else if (key === "PageUp" || key === "PageDown") view.go(view.bar.ways[key === "PageUp" ? 0 : 1])
  else if (/^\d$/.test(key) && place && view.numbers.has(place.id)) view.numbers.open(place, key)
  else if (key === "Enter" || key === " ") enter(view, place)
  else if (key === "m") view.openMap(place)
  else if (key === "+" || key === "=") view.expand(place)
  else if (key === "-") view.fold(place)
  else if (key === "0" || key === "f") view.fit()
  else if (key === "/") view.search.input.focus()
  else if (key === "Escape") return view.bar.leaveFull() || view.tip.hide()
  else return false
  return true
}

/**
 * @param {GraphView} view
 * @param {Place | undefined} place
 */
function enter(view, place) {
  if (place && view.numbers.has(place.id)) {
    view.choose(place) // as a click on the number does
    view.numbers.open(place)
  } else if (place && place.id === view.selected) view.toggle(place)
  else if (place) view.choose(place)
}

/**
 * Along the network an arrow key follows the edges, or enters a block; across it an arrow key goes to the neighbour.
 * @param {GraphView} view
 * @param {Place | undefined} place
 * @param {[right: number, down: number]} direction
 */
function step(view, place, [dx, dy]) {
  if (!place) return walkTo(view, view.active)
  const { flow, diagram } = view.camera
  const here = place.kind === "node" ? center(place.box) : flow.entry(place.box)
  const touching = diagram.edges.filter(({ from, to }) => from === place.id || to === place.id)
  const reached = new Set(touching.flatMap(({ from, to }) => [from, to]))
  const ways = []
  for (const next of view.places) {
    if (next.kind !== "node" || next === place) continue
    const [x, y] = center(next.box)
    const ahead = (x - here[0]) * dx + (y - here[1]) * dy
    const aside = Math.abs((x - here[0]) * dy) + Math.abs((y - here[1]) * dx)
    const inside = next.id.startsWith(`${place.id}.`)
    const linked = (dy !== 0) === flow.down && (inside || reached.has(next.id))
    if (ahead > 1 && (linked || aside < 0.6 * ahead)) ways.push({ next, linked, far: ahead + (inside ? 0.5 : 2) * aside })
  }
  const [best] = ways.sort((a, b) => Number(b.linked) - Number(a.linked) || a.far - b.far)
  if (best) walkTo(view, best.next)
}

/**
 * @param {GraphView} view
 * @param {Place | undefined} place
 */
function walkTo(view, place) {
  if (!place) return
  view.camera.reveal(place.box)
  place.element.focus({ preventScroll: true })
}
