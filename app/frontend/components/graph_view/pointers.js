// Pointers: a drag or two fingers pan, two fingers zoom, one scrolls the page or pans sideways, a click selects, a double click expands or zooms.

import { distance } from "./geometry.js"

/** @import { Place } from "./diagram.js" */
/** @import { Point } from "./geometry.js" */
/** @import { GraphView } from "./graph_view.js" */

/** @typedef {{ at: Point, time: number, place: Place | undefined }} Tap */

const SLACK_PX = 5 // a press that moves less is a click
const DOUBLE_MS = 350
const WHEEL_HINT = "Click the diagram to zoom with the wheel, or hold Ctrl"

/** @param {GraphView} view */
export function listenToPointers(view) {
  const { canvas, camera } = view
  /** @type {Map<number, Point>} by pointer id */
  const fingers = new Map()
  let dragged = false
  /** @type {Tap | null} */
  let last = null
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return
    if (!fingers.size) dragged = false
    fingers.set(event.pointerId, view.point(event))
    view.tip.hide()
  })
  canvas.addEventListener("pointermove", (event) => {
    const from = fingers.get(event.pointerId)
    if (!from || !event.buttons) return fingers.delete(event.pointerId) || view.hover(event)
    const at = view.point(event)
    const single = event.pointerType === "touch" && fingers.size < 2 && !view.bar.isFull
    /** @type {Point} */
    const to = single ? [at[0], from[1]] : at // up and down it scrolls the page
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
  canvas.addEventListener("touchstart", (event) => event.touches.length > 1 && event.preventDefault(), { passive: false })
  /** @param {PointerEvent} event */
  const lifted = (event) => fingers.delete(event.pointerId)
  canvas.addEventListener("pointerup", lifted)
  canvas.addEventListener("pointercancel", lifted)
  canvas.addEventListener("pointerleave", () => view.hover(null))
  canvas.addEventListener("click", (event) => {
    if (dragged && event.detail) return // detail 0: not a pointer but assistive technology
    const tap = { at: view.point(event), time: event.timeStamp, place: view.placeOf(beneathEdges(view, event)) }
    const again = last && tap.time - last.time < DOUBLE_MS && distance(tap.at, last.at) < 4 * SLACK_PX
    last = again ? null : tap
    if (event.target instanceof SVGImageElement) view.openMap(tap.place)
    else tapped(view, tap, Boolean(again))
  })
  canvas.addEventListener("wheel", (event) => wheel(view, event), { passive: false })
  canvas.addEventListener("focusin", ({ target, relatedTarget }) => {
    const place = relatedTarget && view.placeOf(target) // from nowhere it comes back after another drawing
    if (place?.element.matches(":focus-visible")) camera.reveal(place.box, { glide: false })
  })
  canvas.addEventListener("scroll", () => {
    const [dx, dy] = [-canvas.scrollLeft, -canvas.scrollTop] // by the browser, for find in page
    canvas.scrollTo(0, 0)
    camera.pan(dx, dy)
  })
}

/**
 * @param {GraphView} view
 * @param {Tap} tap
 * @param {boolean} again whether it is the second of two
 */
function tapped(view, { at, place }, again) {
  ;(place?.element ?? view.canvas).focus({ preventScroll: true })
  if (again && place && view.expandable) view.toggle(place)
  else if (again) view.camera.zoom(2, at, true)
  else if (place) view.choose(place)
}

/**
 * A pinch on a touchpad comes as a wheel with Ctrl. A plain wheel is the page's until the diagram has the focus.
 * @param {GraphView} view
 * @param {WheelEvent} event
 */
function wheel(view, event) {
  if (!event.ctrlKey && !event.metaKey && !view.root.matches(":focus-within, :fullscreen, :popover-open")) {
    return view.hint.say(WHEEL_HINT)
  }
  event.preventDefault()
  const px = event.deltaY * [1, 20, 400][event.deltaMode]
  return view.camera.zoom(Math.exp(-px * (event.ctrlKey && Math.abs(px) < 50 ? 0.01 : 0.002)), view.point(event))
}

/**
 * @param {GraphView} view
 * @param {MouseEvent} event
 */
function beneathEdges(view, { target, clientX, clientY }) {
  if (!view.edgeOf(target)) return target
  const root = /** @type {Document | ShadowRoot} */ (view.root.getRootNode())
  return root.elementsFromPoint(clientX, clientY).find((element) => !view.edgeOf(element)) ?? null
}
