// The strip: a list of which one is selected. Arrow keys go through the network.

import { el } from "../shared/dom.js"
import { Outbox } from "../shared/outbox.js"
import { received } from "../shared/received.js"
import { listenToSteps, SelectedStage, tellSelected } from "../shared/selection.js"

/** @import { Run, Send } from "../shared/messages.d.ts" */
/** @import { StripData, StripStage, StripTold } from "./messages.d.ts" */

/** @type {Record<string, number>} */
const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, Home: -Infinity, End: Infinity }

/** @param {Run<StripData, StripTold>} run */
export default function (run) {
  const shown = received(run)
  if (!shown) return
  /** @type {(HTMLElement & { strip?: Strip }) | null} */
  const list = run.parentElement.querySelector(".strip")
  const strip = list?.strip ?? new Strip(run.parentElement)
  strip.update(shown.data, shown.send)
}

class Strip {
  /** @param {Run<StripData>["parentElement"]} parent */
  constructor(parent) {
    /** @type {Outbox<StripTold>} the newest selection is enough */
    this.outbox = new Outbox((_, later) => later)
    /** @type {Map<string, Stage>} */
    this.stages = new Map()
    this.current = ""
    this.list = el("div", { className: "strip", role: "listbox", "aria-label": "The network's stages, in order" })
    parent.append(Object.assign(this.list, { strip: this }))
    this.selected = new SelectedStage(this.list, () => this.mark())
    new ResizeObserver(() => this.stages.get(this.current)?.reveal(this.list)).observe(this.list) // such as a phone that is turned
    this.list.addEventListener("keydown", (event) => this.key(event))
    listenToSteps(this.list, (by) => this.step(by))
  }

  /**
   * @param {StripData} data
   * @param {Send<StripTold>} send
   */
  update({ stages, selected, handled }, send) {
    this.outbox.answered(handled, send)
    if (stages.map(({ path }) => path).join() !== [...this.stages.keys()].join()) {
      this.stages = new Map(stages.map((stage) => [stage.path, new Stage(this, stage.path)]))
      this.list.replaceChildren(...[...this.stages.values()].map(({ node }) => node))
    }
    for (const stage of stages) this.stages.get(stage.path)?.update(stage)
    this.selected.confirm(selected)
    this.mark()
  }

  mark() {
    const stage = this.selected.of(Object.fromEntries(this.stages)) ?? this.stages.values().next().value
    if (!stage || stage.path === this.current) return
    this.stages.get(this.current)?.select(false)
    this.current = stage.path
    stage.select(true)
    requestAnimationFrame(() => stage.reveal(this.list)) // it asks for the layout, once the page is complete
  }

  /** @param {string} path */
  choose(path) {
    tellSelected(path)
    this.outbox.tell({ select: path })
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = STEPS[event.key]
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    this.stages.get(this.step(step))?.node.focus({ preventScroll: true })
  }

  /**
   * Selects another stage, and returns its path.
   * @param {number} by
   */
  step(by) {
    const paths = [...this.stages.keys()]
    const next = paths[Math.min(Math.max(paths.indexOf(this.current) + by, 0), paths.length - 1)]
    this.choose(next)
    return next
  }
}

class Stage {
  /**
   * @param {Strip} strip
   * @param {string} path
   */
  constructor(strip, path) {
    this.path = path
    this.shown = ""
    this.block = el("span", { className: "block" })
    this.map = el("img", { className: "map", alt: "", hidden: true })
    this.name = el("span", { className: "name" })
    this.cost = el("span", { className: "cost" })
    this.node = el("div", { className: "stage", role: "option", tabIndex: -1 }, this.block, this.map, this.name, this.cost)
    this.node.addEventListener("click", () => strip.choose(path))
  }

  /** @param {StripStage} stage */
  update(stage) {
    const text = JSON.stringify(stage)
    if (text === this.shown) return
    this.shown = text
    const { name, bars, share, cost, tip, edited, map } = stage
    this.node.style.setProperty("--share", String(share))
    this.node.title = tip
    this.map.hidden = !map
    if (map) this.map.src = map
    this.node.classList.toggle("edited", edited !== "")
    this.name.textContent = name
    this.cost.textContent = cost
    this.cost.ariaLabel = [cost && `${cost} of MACs`, edited].filter(Boolean).join(", ")
    this.block.replaceChildren(...bars.map(([colour, part]) => el("i", { style: `background: ${colour}; flex: ${part}` })))
  }

  /** @param {boolean} on */
  select(on) {
    this.node.setAttribute("aria-selected", String(on))
    this.node.tabIndex = on ? 0 : -1
  }

  /**
   * Inside the strip only: the page stays where it is.
   * @param {HTMLElement} list
   */
  reveal(list) {
    const [place, frame] = [this.node.getBoundingClientRect(), list.getBoundingClientRect()]
    if (place.top < frame.top || place.bottom > frame.bottom) {
      list.scrollTop += place.top - frame.top - (frame.height - place.height) / 2
    }
    if (place.left < frame.left || place.right > frame.right) {
      list.scrollLeft += place.left - frame.left - (frame.width - place.width) / 2
    }
  }
}
