// Points and boxes.

/** @import { Box } from "./diagram.js" */

/** @typedef {[x: number, y: number]} Point */

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
export function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high)
}

/**
 * @param {Box} box
 * @returns {Point}
 */
export function center({ x, y, w, h }) {
  return [x + w / 2, y + h / 2]
}

/**
 * @param {Point} from
 * @param {Point} to
 */
export function distance([x, y], [u, v]) {
  return Math.hypot(x - u, y - v)
}
