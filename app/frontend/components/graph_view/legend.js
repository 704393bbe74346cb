// The legend: the colours of kinds, or the scale of a heat map.

import { el } from "../shared/dom.js"

/** @import { GraphViewData } from "./messages.d.ts" */

/**
 * @param {HTMLElement} list
 * @param {GraphViewData["legend"]} legend
 */
export function drawLegend(list, legend) {
  list.classList.toggle("scale", !Array.isArray(legend))
  if (Array.isArray(legend)) {
    list.replaceChildren(...legend.map(([colour, label]) => el("li", {}, sample(colour), label)))
  } else {
    const colours = `linear-gradient(to right, ${legend.colours})`
    list.replaceChildren(el("li", {}, legend.low, sample(colours), legend.high))
  }
}

/** @param {string} background */
function sample(background) {
  const element = el("i")
  element.style.background = background
  return element
}
