// Boxes have room for letters as wide as Helvetica's, for which Python measures. A browser without it may have wider
// ones: then a line that would touch its box's border is condensed to the room there is.

/** @import { Edge, Place } from "./diagram.js" */

const ROOM = 3.5 // to the left and right of a text, together, in points: PADDING of diagram/lettering.py

/** @param {(Place | Edge)[]} items on the page */
export function condense(items) {
  const boxes = items.filter(({ kind }) => kind === "node")
  const long = boxes.flatMap(({ element }) => {
    const box = element.querySelector("rect")
    return [...element.querySelectorAll("text")].flatMap((text) => {
      const room = box ? roomOf(text, box) : Infinity
      return text.getComputedTextLength() > room ? [{ text, room }] : []
    })
  })
  for (const { text, room } of long) {
    text.setAttribute("textLength", room.toFixed(2))
    text.setAttribute("lengthAdjust", "spacingAndGlyphs")
  }
}

/**
 * @param {SVGTextElement} text in the middle of its room
 * @param {SVGRectElement} box
 */
function roomOf(text, box) {
  return 2 * (box.x.baseVal.value + box.width.baseVal.value - text.x.baseVal.getItem(0).value) - ROOM
}
