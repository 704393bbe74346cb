// The bar: zoom, full screen, expand and fold.

import { part } from "../shared/parts.js"
import { listenToZoom } from "../shared/presenting.js"

/** @import { GraphView } from "./graph_view.js" */

/** @typedef {"in" | "out" | "fit" | "full" | "expand" | "fold" | "before" | "after"} Act */

export class Bar {
  /** @param {GraphView} view */
  constructor(view) {
    this.root = view.root
    /** @type {[before: string, after: string]} */
    this.ways = ["", ""]
    /** @type {Record<Act, () => void>} */
    const acts = {
      in: () => view.camera.zoom(1.5, undefined, true),
      out: () => view.camera.zoom(1 / 1.5, undefined, true),
      fit: () => view.fit(),
      before: () => view.go(this.ways[0]),
      after: () => view.go(this.ways[1]),
      full: () => this.leaveFull() || this.enterFull(),
      expand: () => view.expand(view.chosen[0]),
      fold: () => view.fold(view.chosen[0]),
    }
    for (const [act, run] of Object.entries(acts)) {
      this.button(/** @type {Act} */ (act)).addEventListener("click", run)
    }
    listenToZoom(this.root, (how) => acts[how]())
    for (const change of ["fullscreenchange", "toggle"]) {
      this.root.addEventListener(change, () => {
        this.button("full").setAttribute("aria-pressed", String(this.isFull))
      })
    }
  }

  /** @param {Act} act */
  button(act) {
    return part(this.root, `[data-act=${act}]`, HTMLButtonElement)
  }

  /** @param {[before: string, after: string] | null} ways */
  walk(ways) {
    this.ways = ways ?? ["", ""]
    this.button("before").disabled = !this.ways[0]
    this.button("after").disabled = !this.ways[1]
  }

  get isFull() {
    return this.root.matches(":fullscreen, :popover-open")
  }

  /** Where a browser has no full screen for elements (iPhone), the top layer over the page does the same. */
  async enterFull() {
    try {
      await this.root.requestFullscreen()
    } catch {
      this.root.popover = "manual"
      this.root.showPopover()
    }
  }

  /** Returns whether it was in full screen. */
  leaveFull() {
    if (this.root.matches(":fullscreen")) document.exitFullscreen()
    else if (this.root.popover) this.root.popover = null
    else return false
    return true
  }
}
