// Pointers: a drag or one finger pans, two fingers zoom, a click selects, a double click expands or zooms.

const SLACK_PX = 5 // a press that moves less is a click
const DOUBLE_MS = 350
const WHEEL_HINT = "Click the diagram to zoom with the wheel, or hold Ctrl"

function listenToPointers(view) {
  const { canvas, camera } = view
  const fingers = new Map() // pointer id -> [x, y]
  let dragged = false
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
    const to = view.point(event)
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
  canvas.addEventListener("pointerleave", () => view.hover(null))
  canvas.addEventListener("click", (event) => {
    if (dragged && event.detail) return // detail 0: not a pointer but assistive technology
    const tap = { at: view.point(event), time: event.timeStamp, place: view.placeOf(beneathEdges(view, event)) }
    const again = last && tap.time - last.time < DOUBLE_MS && distance(tap.at, last.at) < 4 * SLACK_PX
    last = again ? null : tap
    ;(tap.place?.element ?? canvas).focus({ preventScroll: true })
    if (!again) return tap.place && view.choose(tap.place)
    if (!tap.place || !view.data.expandable) return camera.zoom(2, tap.at, true)
    return view.toggle(tap.place)
  })
  canvas.addEventListener("wheel", (event) => wheel(view, event), { passive: false })
  canvas.addEventListener("scroll", () => {
    const [dx, dy] = [-canvas.scrollLeft, -canvas.scrollTop] // by the browser, for Tab or find in page
    canvas.scrollTo(0, 0)
    camera.pan(dx, dy)
  })
}

/** A pinch on a touchpad comes as a wheel with Ctrl. A plain wheel is the page's until the diagram has the focus. */
function wheel(view, event) {
  if (!event.ctrlKey && !event.metaKey && !view.root.matches(":focus-within, :fullscreen, :popover-open")) {
    return view.say(WHEEL_HINT)
  }
  event.preventDefault()
  const px = event.deltaY * [1, 20, 400][event.deltaMode]
  return view.camera.zoom(Math.exp(-px * (event.ctrlKey && Math.abs(px) < 50 ? 0.01 : 0.002)), view.point(event))
}

function beneathEdges(view, { target, clientX, clientY }) {
  if (!view.edgeOf(target)) return target
  return view.root.getRootNode().elementsFromPoint(clientX, clientY).find((element) => !view.edgeOf(element))
}

const distance = ([x, y], [u, v]) => Math.hypot(x - u, y - v)
