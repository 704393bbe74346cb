// The whole view. It is made once and patched, so that the pointer, the focus and the scroll survive every rerun.

export default function ({ data, parentElement, setTriggerValue }) {
  const view = (parentElement.mapsView ??= new MapsView(parentElement))
  view.send = (value) => setTriggerValue("events", value)
  view.update(data)
}

class MapsView {
  constructor(parent) {
    this.client = Math.random().toString(36).slice(2)
    this.number = 0
    this.unanswered = [] // events that Python has not handled; every message carries all of them
    this.panels = []
    this.detail = new Detail(this)
    this.grid = el("div", { className: "branches" })
    this.tip = el("div", { className: "tip", popover: "manual", ariaHidden: "true" })
    parent.append(el("div", { className: "maps" }, this.detail.node, this.grid), this.tip)
  }

  update(data) {
    const [client, handled] = data.handled
    if (client === this.client) this.unanswered = this.unanswered.filter((event) => event.number > handled)
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
    this.picked = this.unanswered.at(-1)?.pick ?? data.picked
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
    this.unanswered.push({ number: ++this.number, pick: this.picked })
    this.send({ client: this.client, events: this.unanswered })
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
