// A card for each stage; one is shown. They are all here so that a selection does not wait for Python.

import { el } from "../shared/dom.js"
import { received } from "../shared/received.js"
import { SelectedStage } from "../shared/selection.js"

/** @import { Run } from "../shared/messages.d.ts" */
/** @import { BranchLine, CardsData, Fact, Figure, StageCard } from "./messages.d.ts" */

/** @param {Run<CardsData> & { parentElement: { stageCards?: StageCards } }} run */
export default function (run) {
  const shown = received(run)
  if (!shown) return
  const cards = (run.parentElement.stageCards ??= new StageCards(run.parentElement))
  cards.update(shown.data)
}

class StageCards {
  /** @param {Run<CardsData>["parentElement"]} parent */
  constructor(parent) {
    /** @type {CardsData["cards"]} */
    this.cards = {}
    this.shown = ""
    this.node = el("div", { className: "inspector" })
    parent.append(this.node)
    this.selected = new SelectedStage(this.node, () => this.show())
  }

  /** @param {CardsData} data */
  update({ cards, selected }) {
    this.cards = cards
    this.selected.confirm(selected)
    this.show()
  }

  show() {
    const card = this.selected.of(this.cards)
    const text = JSON.stringify(card)
    if (text === this.shown) return
    this.shown = text
    this.node.replaceChildren(...contents(card))
  }
}

/** @param {StageCard} card */
function contents({ title, about, facts, branches, note }) {
  /** @type {HTMLElement[]} */
  const nodes = title ? [el("h2", {}, title), el("p", {}, about)] : []
  if (facts.length) nodes.push(el("dl", {}, ...facts.map(factNode)))
  if (branches.length) nodes.push(branchTable(branches))
  if (note) nodes.push(el("p", { className: "note" }, note))
  return nodes
}

/** @param {Fact} fact */
function factNode({ name, value, tip, change }) {
  return el("div", { tabIndex: 0, "data-tip": tip }, el("dt", {}, name), el("dd", {}, value, " ", changeNode(change)))
}

/** @param {BranchLine[]} branches */
function branchTable(branches) {
  const heads = ["branch", "channels", "params", "MACs"].map((name) => el("th", { scope: "col" }, name))
  return el("table", {}, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...branches.map(branchRow)))
}

/** @param {BranchLine} branch */
function branchRow({ name, color, channels, params, macs, tip, share }) {
  const sample = el("i", { style: `background: ${color}` })
  const bar = el("span", { className: "bar" }, el("b", { style: `width: ${100 * share}%; background: ${color}` }))
  return el(
    "tr", {},
    el("th", { scope: "row" }, sample, name),
    el("td", {}, ...figure(channels)),
    el("td", {}, params),
    el("td", { "data-tip": tip, tabIndex: 0 }, ...figure(macs), bar),
  )
}

/** @param {Figure} figure */
function figure([value, change]) {
  return [changeNode(change), " ", el("span", {}, value)]
}

/** @param {string} change */
function changeNode(change) {
  return el("small", { className: `change ${change.startsWith("+") ? "more" : "less"}` }, change)
}
