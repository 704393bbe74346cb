// A card for each stage; one is seen. They are all here so that a selection needs no way to Python and back.

import { SelectedStage } from "../shared/selection.js"

export default function ({ data, parentElement }) {
  const cards = (parentElement.stageCards ??= new StageCards(parentElement))
  cards.update(data)
}

class StageCards {
  constructor(parent) {
    this.node = document.createElement("div")
    parent.append(this.node)
    this.selected = new SelectedStage(this.node, () => this.show())
  }

  update({ cards, selected }) {
    this.cards = cards
    this.selected.confirm(selected)
    this.show()
  }

  show() {
    const card = this.selected.of(this.cards)
    if (card === this.shown) return
    this.shown = card
    this.node.innerHTML = card
  }
}
