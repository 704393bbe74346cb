// The whole view. It is made once and patched, so that the pointer, the focus and the scroll survive every rerun.

export default function ({ data, parentElement, setTriggerValue }) {
  const view = (parentElement.mapsView ??= new MapsView(parentElement))
  view.update(data, (value) => setTriggerValue("events", value))
}

class MapsView {
  constructor(parent) {
    this.outbox = new Outbox()
    this.panels = []
    this.detail = new Detail(this)
    this.grid = el("div", { className: "branches" })
    this.tip = el("div", { className: "tip", popover: "manual", ariaHidden: "true" })
    parent.append(el("div", { className: "maps" }, this.detail.node, this.grid), this.tip)
  }

  update(data, send) {
    this.outbox.answered(data.handled, send)
    if (data.version !== this.version) {
      this.version = data.version
      while (this.panels.length < data.maps.length) this.panels.push(new Panel(this))
      this.panels.length = data.maps.length
      this.grid.replaceChildren(...this.panels.map((panel) => panel.node))
      this.grid.classList.toggle("single", data.maps.length === 1)
      this.panels.forEach((panel, i) => panel.update(data.maps[i], data.bits))
      this.detail.update(data)
      this.pointed = null
      this.tip.hidePopover()
    }
    this.picked = this.outbox.waiting.at(-1)?.pick ?? data.picked
    this.show()
  }

  // A place of null means that nothing is pointed at any more.
  point(panel, place, event) {
    this.pointed = place && { panel, place }
    this.show()
    if (!place || !event) return this.tip.hidePopover()
    const [channel, row, column] = panel.cell(place)
    const alone = panel.data.cells[0] * panel.data.cells[1] === 1
    const where = alone ? "" : `, row ${row}, column ${column}`
    this.tip.textContent = `channel ${channel}${where}: ${said(panel.valueAt(place), this.detail.bits)}`
    this.tip.showPopover()
    const { width, height } = this.tip.getBoundingClientRect()
    const left = Math.min(Math.max(8, event.clientX + 14), innerWidth - width - 8)
    const below = event.clientY + 18
    this.tip.style.translate = `${left}px ${below + height < innerHeight ? below : event.clientY - height - 10}px`
  }

  pick(panel, place) {
    if (!place) return
    this.picked = [panel.data.path, ...panel.cell(place)]
    this.outbox.tell({ pick: this.picked })
    this.show()
  }

  show() {
    const chosen = this.panels.find((panel) => panel.data.path === this.picked?.[0])
    const place = chosen?.placeOf(this.picked.slice(1)) ?? null
    for (const panel of this.panels) {
      panel.show(this.pointed?.panel === panel ? this.pointed.place : null, panel === chosen ? place : null)
    }
    if (this.pointed) this.detail.show(this.pointed.panel, this.pointed.place)
    else this.detail.show(chosen, place)
  }
}
