// Beside the mosaics: the picture with what a cell sees of it, the channel enlarged, and the value in words.

const SVG = "http://www.w3.org/2000/svg"
const DIGITS = 6

function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  node.append(...children)
  return node
}

function said(value, bits) {
  if (value === undefined) return "no value sent"
  if (!Number.isFinite(value)) return String(value)
  return bits === 32 ? String(Number(value.toPrecision(DIGITS))) : `about ${Number(value.toPrecision(3))}`
}

class Detail {
  constructor(view) {
    this.view = view
    this.image = el("img", { alt: "What the network sees" })
    this.shade = svg("path", { "fill-rule": "evenodd", class: "shade" })
    this.box = svg("path", { class: "box" })
    this.overlay = svg("svg", { "aria-hidden": "true" }, this.shade, this.box)
    this.canvas = el("canvas", { className: "channel", role: "img" })
    this.spot = el("span", { className: "spot", hidden: true })
    this.low = el("span")
    this.high = el("span")
    this.ramp = el("div", { className: "ramp", hidden: true }, this.low, el("i"), this.high)
    this.large = el("figure", {}, el("div", { className: "stack" }, this.canvas, this.spot))
    this.picture = el("figure", {}, el("div", { className: "stack" }, this.image, this.overlay))
    this.words = el("p", { className: "words" })
    this.words.setAttribute("aria-live", "polite")
    this.node = el("aside", {}, el("div", { className: "pair" }, this.picture, this.large), this.ramp, this.words)
    this.canvas.addEventListener("pointermove", (event) => this.point(event))
    this.canvas.addEventListener("pointerleave", () => view.point(this.panel, null))
    this.canvas.addEventListener("click", (event) => this.panel && view.pick(this.panel, this.at(event)))
  }

  update(data) {
    this.bits = data.bits
    this.px = data.picturePx
    this.image.src = png(data.picture)
    this.overlay.setAttribute("viewBox", `0 0 ${this.px} ${this.px}`)
  }

  // The cell of the enlarged channel under the pointer.
  at(event) {
    const box = this.canvas.getBoundingClientRect()
    const [rows, columns] = this.panel.data.cells
    const within = (value, size) => Math.min(Math.max(Math.floor(value * size), 0), size - 1)
    return {
      tile: this.tile,
      row: within((event.clientY - box.top) / box.height, rows),
      column: within((event.clientX - box.left) / box.width, columns),
    }
  }

  point(event) {
    if (this.panel) this.view.point(this.panel, this.at(event), event)
  }

  // `place` is what is pointed at, or else what was picked.
  show(panel, place) {
    this.panel = place ? panel : undefined
    this.large.hidden = this.ramp.hidden = !place
    this.outline(place && panel.boxAt(place))
    if (!place) {
      this.words.textContent = "Point at a cell to read it, click to keep it. The picture shows which pixels it depends on."
      return
    }
    this.enlarge(panel, place)
    this.words.replaceChildren(...this.sentence(panel, place))
  }

  sentence(panel, place) {
    const [channel, row, column] = panel.cell(place)
    const [left, top, right, bottom] = panel.boxAt(place)
    const value = el("strong", { textContent: said(panel.valueAt(place), this.bits) })
    const alone = panel.data.cells[0] * panel.data.cells[1] === 1
    const where = alone ? "" : `, row ${row}, column ${column}`
    const whole = right - left >= this.px && bottom - top >= this.px
    const sees = whole ? "It sees the whole picture." : `It sees ${right - left} × ${bottom - top} pixels.`
    return [`${panel.data.name}, channel ${channel}${where}: `, value, `. ${sees}`]
  }

  outline(box) {
    const all = `M0 0H${this.px}V${this.px}H0Z`
    const path = box ? `M${box[0]} ${box[1]}H${box[2]}V${box[3]}H${box[0]}Z` : ""
    this.box.setAttribute("d", path)
    this.shade.setAttribute("d", box ? `${all}${path}` : "")
    this.overlay.dataset.box = box ? box.join(" ") : ""
  }

  enlarge(panel, place) {
    const [rows, columns] = panel.data.cells
    this.tile = place.tile
    const [left, top, width, height] = panel.tileAt(place.tile)
    this.canvas.width = columns
    this.canvas.height = rows
    this.canvas.style.aspectRatio = `${columns} / ${rows}`
    const context = this.canvas.getContext("2d")
    context.imageSmoothingEnabled = false
    if (panel.image.complete) context.drawImage(panel.image, left, top, width, height, 0, 0, columns, rows)
    else panel.image.addEventListener("load", () => this.view.show(), { once: true })
    this.canvas.ariaLabel = `Channel ${panel.data.channels[place.tile]} of ${panel.data.name}, enlarged`
    this.spot.hidden = false
    Object.assign(this.spot.style, {
      left: `${(100 * place.column) / columns}%`, top: `${(100 * place.row) / rows}%`,
      width: `${100 / columns}%`, height: `${100 / rows}%`,
    })
    const span = panel.data.spans[place.tile]
    this.low.textContent = span ? String(Number(span[0].toPrecision(3))) : ""
    this.high.textContent = span ? String(Number(span[1].toPrecision(3))) : ""
  }
}
