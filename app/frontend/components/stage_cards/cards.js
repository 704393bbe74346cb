// A card for each stage; one is shown. They are all here so that a selection does not wait for Python.

import { received } from "../shared/received.js"
import { SelectedStage } from "../shared/selection.js"

/** @import { Run } from "../shared/messages.d.ts" */
/** @import { CardsData } from "./messages.d.ts" */

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
    this.node = document.createElement("div")
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
    if (card === this.shown) return
    this.shown = card
    // eslint-disable-next-line no-restricted-syntax -- Python has escaped all text in it
    this.node.innerHTML = card
  }
}
