// The legend: the colours of kinds, or the scale of a heat map.

/** @import { GraphViewData } from "./messages.d.ts" */

/**
 * @param {HTMLElement} list
 * @param {GraphViewData["legend"]} legend
 */
export function drawLegend(list, legend) {
  list.classList.toggle("scale", !Array.isArray(legend))
  if (Array.isArray(legend)) {
    list.replaceChildren(...legend.map(([colour, label]) => line(sample(colour), label)))
  } else {
    const colours = `linear-gradient(to right, ${legend.colours})`
    list.replaceChildren(line(legend.low, sample(colours), legend.high))
  }
}

/** @param {string} background */
function sample(background) {
  const element = document.createElement("i")
  element.style.background = background
  return element
}

/** @param {...(Node | string)} contents */
function line(...contents) {
  const element = document.createElement("li")
  element.append(...contents)
  return element
}
