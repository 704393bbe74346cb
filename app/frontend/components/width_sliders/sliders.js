// Sliders that are built once for a stage and patched after that, so that a drag survives every rerun.

const PATIENCE_MS = 4000 // after this long without an answer the newest values are sent again
const NONE = "This stage has no filter counts of its own."

export default function ({ data, parentElement, setTriggerValue }) {
  const panel = (parentElement.widthSliders ??= new Panel(parentElement))
  panel.send = (value) => setTriggerValue("events", value)
  panel.update(data)
}

class Panel {
  constructor(parent) {
    this.client = Math.random().toString(36).slice(2)
    this.number = 0
    this.answered = 0
    this.waiting = new Map() // path -> text that has not been sent yet
    this.sent = new Map() // path -> text that Python has not answered yet
    this.rows = new Map()
    this.list = document.createElement("div")
    this.list.className = "sliders"
    this.none = Object.assign(document.createElement("p"), { textContent: NONE })
    parent.append(this.list, this.none)
    this.selected = new SelectedStage(this.list, () => this.show())
  }

  update({ sliders, selected, handled: [client, number] }) {
    if (client === this.client && number >= this.number) {
      this.answered = number
      this.sent.clear()
      clearTimeout(this.timer)
    }
    this.sliders = sliders
    this.selected.confirm(selected)
    this.show()
    this.flush()
  }

  show() {
    const sliders = this.selected.of(this.sliders)
    this.none.hidden = sliders.length > 0
    const paths = sliders.map((slider) => slider.path)
    if (paths.join() !== [...this.rows.keys()].join()) {
      this.rows = new Map(sliders.map((slider) => [slider.path, new Row(this, slider.path)]))
      this.list.replaceChildren(...[...this.rows.values()].map((row) => row.node))
    }
    for (const slider of sliders) {
      const pending = this.waiting.has(slider.path) || this.sent.has(slider.path)
      this.rows.get(slider.path).update(slider, pending)
    }
  }

  type(path, text) {
    this.waiting.set(path, text)
    this.flush()
  }

  // One message is under way at a time; what is typed meanwhile goes with the next, only the newest of each path.
  flush() {
    if (!this.waiting.size || this.answered < this.number) return
    this.sent = this.waiting
    this.waiting = new Map()
    this.number += 1
    this.send({ client: this.client, events: [{ number: this.number, typed: Object.fromEntries(this.sent) }] })
    this.timer = setTimeout(() => {
      for (const [path, text] of this.sent) if (!this.waiting.has(path)) this.waiting.set(path, text)
      this.answered = this.number
      this.flush()
    }, PATIENCE_MS)
  }
}

class Row {
  constructor(panel, path) {
    this.panel = panel
    this.path = path
    this.node = document.createElement("div")
    this.node.className = "row"
    this.label = document.createElement("span")
    this.label.className = "label"
    this.slider = Object.assign(document.createElement("input"), { type: "range", min: 1, step: 1 })
    this.track = document.createElement("span")
    this.track.className = "track"
    this.mark = document.createElement("i")
    this.track.append(this.slider, this.mark)
    this.field = Object.assign(document.createElement("input"), { type: "text", inputMode: "numeric", autocomplete: "off" })
    this.reset = Object.assign(document.createElement("button"), { type: "button", textContent: "↺" })
    this.error = document.createElement("span")
    this.error.className = "error"
    this.error.role = "alert"
    this.node.append(this.label, this.track, this.field, this.reset, this.error)
    this.slider.addEventListener("input", () => this.slide())
    this.field.addEventListener("change", () => this.commit())
    this.field.addEventListener("keydown", (event) => this.key(event))
    this.reset.addEventListener("click", () => this.put(this.data.original))
  }

  update(data, pending) {
    this.data = data
    const { path, label, width, original, high, color, error, typed } = data
    this.label.textContent = label
    this.label.title = path
    this.node.style.setProperty("--branch", color)
    this.slider.max = high
    this.slider.setAttribute("aria-label", `filters of ${path}`)
    this.field.setAttribute("aria-label", `filters of ${path}, exact`)
    this.mark.style.setProperty("--at", (original - 1) / (high - 1))
    this.mark.title = `published: ${original}`
    const focused = this.field.matches(":focus") && this.field.value !== this.shown
    if (!pending) {
      this.slider.value = width
      if (!focused) this.field.value = this.shown = typed ?? String(width)
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

  fill() {
    this.node.style.setProperty("--fill", (this.slider.value - 1) / (this.slider.max - 1))
  }

  slide() {
    this.field.value = this.shown = this.slider.value
    this.fill()
    this.panel.type(this.path, this.slider.value)
  }

  commit() {
    const text = this.field.value.trim()
    this.shown = this.field.value
    if (text !== String(this.data.width) || this.data.error) this.panel.type(this.path, text)
  }

  put(width) {
    this.slider.value = width
    this.field.value = this.shown = String(width)
    this.fill()
    this.panel.type(this.path, String(width))
  }

  key(event) {
    const by = { ArrowUp: 8, ArrowDown: -8 }[event.key]
    if (event.key === "Escape") this.field.value = this.shown = String(this.data.width)
    if (!by || !/^\d+$/.test(this.field.value)) return
    event.preventDefault()
    this.put(Math.max(1, Number(this.field.value) + (event.shiftKey ? Math.sign(by) : by)))
  }
}
