// Whether the diagram is alone on the screen, as present_button has it, and the keys that zoom it then.

import { listenTo, tell } from "./signals.js"

/** @typedef {"in" | "out" | "fit"} Zoom */

const ZOOM = "inception-zoom"
export const PRESENT_KEYS = "Arrows walk through the stages, + and − zoom, 0 fits"

export function presenting() {
  return document.documentElement.hasAttribute("data-presenting")
}

/** @param {Zoom} how */
export function tellZoom(how) {
  tell(ZOOM, how)
}

/**
 * @param {Node} node
 * @param {(how: Zoom) => void} onZoom is called as long as `node` is on the page
 */
export function listenToZoom(node, onZoom) {
  listenTo(ZOOM, node, onZoom)
}
