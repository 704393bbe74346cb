// Boxes have room for letters as wide as Helvetica's, for which Python measures. A browser without it may have wider
// ones: then a line that would touch its box's border is condensed to the room there is.

const FAMILY = "Helvetica, Arial, sans-serif" // as in view.css
const ROOM = 3.5 // to the left and right of a text, together, in points: PADDING of diagram/lettering.py
const pen = document.createElement("canvas").getContext("2d") // the SVG's own measures would lay out the whole page

/** @param {SVGElement} node */
export function condense(node) {
  const box = node.querySelector("rect")
  if (!box) return
  const right = number(box, "x") + number(box, "width")
  for (const text of node.querySelectorAll("text")) {
    const room = 2 * (right - number(text, "x")) - ROOM // it is in the middle
    if (widthOf(text) <= room) continue
    text.setAttribute("textLength", room.toFixed(2))
    text.setAttribute("lengthAdjust", "spacingAndGlyphs")
  }
}

/** @param {SVGTextElement} text */
function widthOf(text) {
  if (!pen) return 0
  pen.font = `${text.getAttribute("font-weight") ?? "normal"} 100px ${FAMILY}`
  return (pen.measureText(text.textContent ?? "").width * number(text, "font-size")) / 100
}

/**
 * @param {Element} element
 * @param {string} name
 */
const number = (element, name) => Number(element.getAttribute(name))
