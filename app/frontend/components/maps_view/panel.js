// One branch: its mosaic, and the cell under the pointer or the keyboard's cursor.

const png = (base64) => `data:image/png;base64,${base64}`

function decoded(base64, bits) {
  if (!bits) return null
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  if (bits === 32) return new Float32Array(bytes.buffer)
  const halves = new Uint16Array(bytes.buffer)
  return Float32Array.from(halves, fromHalf)
}

function fromHalf(half) {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 31
  const fraction = half & 0x3ff
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return exponent ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024) : sign * 2 ** -14 * (fraction / 1024)
}

// A position is {tile, row, column} of what is drawn; `step` leads from there to the map's own rows and columns.
class Panel {
  constructor(view) {
    this.view = view
    this.name = el("h3")
    this.size = el("small")
    this.image = el("img", { alt: "" })
    this.mark = el("span", { className: "mark", hidden: true })
    this.cursor = el("span", { className: "mark cursor", hidden: true })
    this.note = el("p", { className: "note" })
    this.stage = el("div", { className: "mosaic", tabIndex: 0, role: "application" }, this.image, this.mark, this.cursor)
    this.stage.setAttribute("aria-roledescription", "feature maps")
    this.node = el("section", {}, this.name, this.stage, this.note)
    this.stage.addEventListener("pointermove", (event) => view.point(this, this.at(event), event))
    this.stage.addEventListener("pointerleave", () => view.point(this, null))
    this.stage.addEventListener("click", (event) => view.pick(this, this.at(event)))
    this.stage.addEventListener("keydown", (event) => this.key(event))
    this.stage.addEventListener("blur", () => view.point(this, null))
  }

  update(data, bits) {
    this.data = data
    this.values = decoded(data.values, bits)
    this.name.style.setProperty("--branch", data.colour)
    this.size.textContent = data.size
    this.name.replaceChildren(data.name, this.size)
    this.image.src = png(data.image)
    this.image.width = data.imageSize[1]
    this.image.height = data.imageSize[0]
    this.stage.ariaLabel =
      `${data.name}, ${data.size}. Arrow keys move over the cells, Page Up and Page Down over the channels, ` +
      "Enter picks a cell."
    this.note.textContent = data.note
    this.note.hidden = !data.note
  }

  at(event) {
    const box = this.image.getBoundingClientRect()
    const { gap, tile, columns, scale, cells, channels, imageSize } = this.data
    const x = ((event.clientX - box.left) / box.width) * imageSize[1]
    const y = ((event.clientY - box.top) / box.height) * imageSize[0]
    const [right, down] = [x % (tile[1] + gap), y % (tile[0] + gap)]
    const index = Math.floor(y / (tile[0] + gap)) * columns + Math.floor(x / (tile[1] + gap))
    if (x < 0 || y < 0 || right >= tile[1] || down >= tile[0] || index >= channels.length) return null
    const row = Math.min(Math.floor(down / scale), cells[0] - 1)
    return { tile: index, row, column: Math.min(Math.floor(right / scale), cells[1] - 1) }
  }

  key(event) {
    const { cells, channels } = this.data
    const now = this.place ?? { tile: 0, row: cells[0] >> 1, column: cells[1] >> 1 }
    const moves = {
      ArrowUp: [0, -1, 0], ArrowDown: [0, 1, 0], ArrowLeft: [0, 0, -1], ArrowRight: [0, 0, 1],
      PageUp: [-1, 0, 0], PageDown: [1, 0, 0],
    }
    if (event.key === "Enter" || event.key === " ") this.view.pick(this, now)
    else if (moves[event.key]) {
      const [channel, down, right] = moves[event.key]
      const clamp = (value, size) => Math.min(Math.max(value, 0), size - 1)
      const next = this.place === undefined ? now : {
        tile: clamp(now.tile + channel, channels.length),
        row: clamp(now.row + down, cells[0]),
        column: clamp(now.column + right, cells[1]),
      }
      this.view.point(this, next)
    } else return
    event.preventDefault()
    event.stopPropagation() // not one of Streamlit's shortcuts
  }

  valueAt({ tile, row, column }) {
    const [rows, columns] = this.data.cells
    return this.values?.[(tile * rows + row) * columns + column]
  }

  // The pixels of the picture that a cell sees: left, top, right, bottom.
  boxAt({ row, column }) {
    const { rows, cols, step } = this.data
    const [top, bottom] = rows[Math.min(row * step, rows.length - 1)]
    const [left, right] = cols[Math.min(column * step, cols.length - 1)]
    return [left, top, right + 1, bottom + 1]
  }

  cell(place) {
    const { channels, step } = this.data
    return [channels[place.tile], place.row * step, place.column * step]
  }

  placeOf([channel, row, column]) {
    const { channels, step, cells } = this.data
    const tile = channels.indexOf(channel)
    if (tile < 0) return null
    const down = Math.min(Math.floor(row / step), cells[0] - 1)
    return { tile, row: down, column: Math.min(Math.floor(column / step), cells[1] - 1) }
  }

  // The tile's place in the mosaic, in its pixels: left, top, width, height.
  tileAt(tile) {
    const { tile: size, columns, gap } = this.data
    return [(tile % columns) * (size[1] + gap), Math.floor(tile / columns) * (size[0] + gap), size[1], size[0]]
  }

  show(place, picked) {
    this.place = place ?? undefined
    this.frame(this.cursor, place)
    this.frame(this.mark, picked)
  }

  frame(node, place) {
    node.hidden = !place
    if (!place) return
    const [left, top, width, height] = this.tileAt(place.tile)
    const [rows, columns] = this.data.imageSize
    Object.assign(node.style, {
      left: `${(100 * left) / columns}%`, top: `${(100 * top) / rows}%`,
      width: `${(100 * width) / columns}%`, height: `${(100 * height) / rows}%`,
    })
  }
}
