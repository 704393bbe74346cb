// Sliders that are built once for a stage and patched after that, so that a drag survives every rerun.

import { el } from "../shared/dom.js"
import { Outbox } from "../shared/outbox.js"
import { received } from "../shared/received.js"
import { SelectedStage } from "../shared/selection.js"

/** @import { Run, Send } from "../shared/messages.d.ts" */
/** @import { Slider, SlidersData, SlidersTold } from "./messages.d.ts" */

const STEP = 8 // filters a key press; one with Shift
const NONE = "This stage has no filter counts of its own."

/** @param {Run<SlidersData, SlidersTold> & { parentElement: { widthSliders?: Panel } }} run */
export default function (run) {
  const shown = received(run)
  if (!shown) return
  const panel = (run.parentElement.widthSliders ??= new Panel(run.parentElement))
  panel.update(shown.data, shown.send)
}

class Panel {
  /** @param {Run<SlidersData>["parentElement"]} parent */
  constructor(parent) {
    /** @type {Outbox<SlidersTold>} the newest value of each path is enough */
    this.outbox = new Outbox((earlier, later) => ({ typed: { ...earlier.typed, ...later.typed } }))
    /** @type {SlidersData["sliders"]} */
    this.sliders = {}
    /** @type {Map<string, Row>} */
    this.rows = new Map()
    this.list = el("div", { className: "sliders" })
    this.none = el("p", { textContent: NONE })
    parent.append(this.list, this.none)
    this.selected = new SelectedStage(this.list, () => this.show())
    /** @type {HTMLAnchorElement | null} */
    const skip = document.querySelector("a.skip")
    if (skip) skip.onclick = (event) => this.enter(event)
  }

  /** @param {Event} event a click on the page's skip link */
  enter(event) {
    event.preventDefault()
    this.list.querySelector("input")?.focus()
  }

  /**
   * @param {SlidersData} data
   * @param {Send<SlidersTold>} send
   */
  update({ sliders, selected, handled }, send) {
    this.outbox.answered(handled, send)
    this.sliders = sliders
    this.selected.confirm(selected)
    this.show()
  }

  show() {
    const sliders = this.selected.of(this.sliders)
    this.none.hidden = sliders.length > 0
    const paths = sliders.map((slider) => slider.path)
    if (paths.join() !== [...this.rows.keys()].join()) {
      this.rows = new Map(sliders.map((slider) => [slider.path, new Row(this, slider)]))
      this.list.replaceChildren(...[...this.rows.values()].map((row) => row.node))
    }
    for (const slider of sliders) {
      const pending = this.outbox.waiting.some((event) => slider.path in event.typed)
      this.rows.get(slider.path)?.update(slider, pending)
    }
  }
}

class Row {
  /**
   * @param {Panel} panel
   * @param {Slider} data
   */
  constructor(panel, data) {
    this.panel = panel
    this.data = data
    this.dirty = false // whether something was typed that was not told yet
    this.label = el("span", { className: "label" })
    this.slider = el("input", { type: "range", min: 1, step: 1 })
    this.mark = el("i")
    this.field = el("input", { type: "text", inputMode: "numeric", autocomplete: "off" })
    this.reset = el("button", { type: "button", textContent: "↺" })
    this.error = el("span", { className: "error", role: "alert" })
    const track = el("span", { className: "track" }, this.slider, this.mark)
    this.node = el("div", { className: "row" }, this.label, track, this.field, this.reset, this.error)
    this.slider.addEventListener("input", () => this.slide())
    this.field.addEventListener("input", () => (this.dirty = true))
    this.field.addEventListener("change", () => this.commit())
    this.field.addEventListener("keydown", (event) => this.key(event))
    this.reset.addEventListener("click", () => this.put(this.data.original))
  }

  /**
   * @param {Slider} data
   * @param {boolean} pending whether Python still has to answer a newer value
   */
  update(data, pending) {
    this.data = data
    const { path, label, width, original, high, color, error, typed } = data
    this.label.textContent = label
    this.label.title = path
    this.node.style.setProperty("--branch", color)
    this.slider.max = String(high)
    this.slider.setAttribute("aria-label", `filters of ${path}`)
    this.field.setAttribute("aria-label", `filters of ${path}, exact`)
    this.mark.style.setProperty("--at", String((original - 1) / (high - 1)))
    this.mark.title = `published: ${original}`
    if (!pending) {
      this.slider.value = String(width)
      if (!this.dirty) this.write(typed ?? String(width))
    }
    this.fill()
    this.node.classList.toggle("changed", width !== original)
    this.node.classList.toggle("wrong", Boolean(error))
    this.field.setAttribute("aria-invalid", String(Boolean(error)))
    this.error.textContent = error ?? ""
    this.reset.hidden = width === original && !error
    this.reset.title = `Back to the published ${original}`
    this.reset.setAttribute("aria-label", `${path}: back to the published ${original}`)
  }

  /** @param {string} text */
  write(text) {
    this.field.value = text
    this.dirty = false
  }

  fill() {
    const share = (Number(this.slider.value) - 1) / (Number(this.slider.max) - 1)
    this.node.style.setProperty("--fill", String(share))
  }

  /** @param {string} text */
  tell(text) {
    this.panel.outbox.tell({ typed: { [this.data.path]: text } })
  }

  slide() {
    this.write(this.slider.value)
    this.fill()
    this.tell(this.slider.value)
  }

  commit() {
    if (!this.dirty) return
    this.dirty = false
    const text = this.field.value.trim()
    const told = this.panel.outbox.waiting.findLast((event) => this.data.path in event.typed)
    if (told || text !== String(this.data.width) || this.data.error) this.tell(text)
  }

  /** @param {number} width */
  put(width) {
    this.slider.value = String(width)
    this.write(String(width))
    this.fill()
    this.tell(String(width))
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Enter") this.commit() // the browser sees no change where the same is typed
    if (event.key === "Escape") this.write(String(this.data.width))
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key]
    if (!direction || !/^\d+$/.test(this.field.value)) return
    event.preventDefault()
    this.put(Math.max(1, Number(this.field.value) + direction * (event.shiftKey ? 1 : STEP)))
  }
}
