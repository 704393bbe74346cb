// The whole view. It is made once and patched, so that the pointer, the focus and the scroll survive every rerun.

import { el } from "../shared/dom.js"
import { Outbox } from "../shared/outbox.js"
import { received } from "../shared/received.js"
import { Detail } from "./detail.js"
import { Panel } from "./panel.js"
import { inWords } from "./values.js"

/** @import { Run, Send } from "../shared/messages.d.ts" */
/** @import { MapsData, MapsTold, Pick } from "./messages.d.ts" */
/** @import { Place } from "./panel.js" */

/** @param {Run<MapsData, MapsTold> & { parentElement: { mapsView?: MapsView } }} run */
export default function (run) {
  const shown = received(run)
  if (!shown) return
  const view = (run.parentElement.mapsView ??= new MapsView(run.parentElement))
  view.update(shown.data, shown.send)
}

export class MapsView {
  /** @param {Run<MapsData>["parentElement"]} parent */
  constructor(parent) {
    /** @type {Outbox<MapsTold>} */
    this.outbox = new Outbox()
    this.version = ""
    /** @type {Panel[]} */
    this.panels = []
    /** @type {Pick | null} */
    this.picked = null
    /** @type {{ panel: Panel, place: Place } | null} */
    this.pointed = null
    this.detail = new Detail(this)
    this.grid = el("div", { className: "branches" })
    this.tip = el("div", { className: "tip", popover: "manual", ariaHidden: "true" })
    this.legend = el("p", { className: "legend" })
    const main = el("div", {}, this.legend, this.grid)
    parent.append(el("div", { className: "maps" }, el("div", { className: "parts" }, main, this.detail.node)), this.tip)
  }

  /**
   * @param {MapsData} data
   * @param {Send<MapsTold>} send
   */
  update(data, send) {
    this.outbox.answered(data.handled, send)
    if (data.version !== this.version) this.renew(data)
    const waiting = this.outbox.waiting.at(-1)?.pick
    this.picked = waiting ?? data.picked
    this.detail.explain(waiting ? "" : data.explained)
    this.show()
  }

  /** @param {MapsData} data */
  renew(data) {
    this.version = data.version
    this.panels = data.maps.map((maps, i) => this.panels[i] ?? new Panel(this, maps))
    this.grid.replaceChildren(...this.panels.map((panel) => panel.node))
    this.grid.classList.toggle("single", data.maps.length === 1)
    this.panels.forEach((panel, i) => panel.update(data.maps[i], data.bits))
    this.detail.update(data)
    this.legend.replaceChildren(...flatLegend(data))
    this.pointed = null
    this.tip.hidePopover()
  }

  /**
   * @param {Panel} panel
   * @param {Place | null} place nothing is pointed at without one
   * @param {MouseEvent} [event]
   */
  point(panel, place, event) {
    this.pointed = place && { panel, place }
    this.show()
    if (!place || !event) return this.tip.hidePopover()
    const [channel] = panel.cell(place)
    const value = inWords(panel.valueAt(place), this.detail.bits)
    this.tip.textContent = `channel ${channel}${panel.whereAt(place)}: ${value}`
    this.tip.showPopover()
    const { width, height } = this.tip.getBoundingClientRect()
    const left = Math.min(Math.max(8, event.clientX + 14), innerWidth - width - 8)
    const below = event.clientY + 18
    this.tip.style.translate = `${left}px ${below + height < innerHeight ? below : event.clientY - height - 10}px`
  }

  /**
   * @param {Panel} panel
   * @param {Place | null} place
   */
  pick(panel, place) {
    if (!place) return
    this.picked = [panel.data.path, ...panel.cell(place)]
    this.detail.explain("")
    this.outbox.tell({ pick: this.picked })
    this.show()
    this.detail.reveal()
  }

  /** What was picked, where it is drawn. */
  get kept() {
    const [path, ...cell] = this.picked ?? [""]
    const panel = this.panels.find(({ data }) => data.path === path)
    const place = panel && cell.length === 3 && panel.placeOf(cell)
    return panel && place ? { panel, place } : null
  }

  show() {
    const { pointed, kept } = this
    for (const panel of this.panels) {
      panel.show(pointed?.panel === panel ? pointed.place : null, kept?.panel === panel ? kept.place : null)
    }
    const shown = pointed ?? kept
    if (shown) this.detail.show(shown.panel, shown.place)
    else this.detail.clear()
  }
}

/**
 * What hatched tiles mean, where there are any.
 * @param {MapsData} data
 */
function flatLegend({ maps }) {
  const flat = maps.flatMap(({ spans, cells }) => (cells[0] * cells[1] === 1 ? [] : spans)).filter((span) => span?.[0] === span?.[1])
  if (!flat.length) return []
  const value = flat.every((span) => span?.[0] === 0) ? "zero" : "one value"
  return [el("i", {}), `this channel is ${value} everywhere for this picture`]
}
