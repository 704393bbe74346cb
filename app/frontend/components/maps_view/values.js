// The numbers under the tiles: as they are sent, and in words.

/** @import { MapsData } from "./messages.d.ts" */

const DIGITS = 6

/** @param {string} base64 */
export const png = (base64) => `data:image/png;base64,${base64}`

/**
 * @param {string} base64
 * @param {MapsData["bits"]} bits
 */
export function decoded(base64, bits) {
  if (!bits) return null
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  if (bits === 32) return new Float32Array(bytes.buffer)
  return Float32Array.from(new Uint16Array(bytes.buffer), fromHalf)
}

/** @param {number} half the 16 bits of an IEEE float */
function fromHalf(half) {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 31
  const fraction = half & 0x3ff
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return exponent ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024) : sign * 2 ** -14 * (fraction / 1024)
}

/**
 * @param {number | undefined} value
 * @param {MapsData["bits"]} bits
 */
export function inWords(value, bits) {
  if (value === undefined) return "no value sent"
  if (!Number.isFinite(value)) return String(value)
  return bits === 32 ? String(Number(value.toPrecision(DIGITS))) : `about ${rounded(value)}`
}

/** @param {number} value */
export const rounded = (value) => String(Number(value.toPrecision(3)))
