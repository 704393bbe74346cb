// The hands on the table: keys, clicks, paste. What they do is in table.js.

const STEP = 8

class WidthTables extends Sheet {
  constructor(parent) {
    super(parent)
    this.listen()
  }

  cellOf(node) {
    return this.cells.find((cell) => cell.input === node || cell.reset === node)
  }

  rowOf(node) {
    const tr = node.closest("tbody tr")
    return tr && this.tables.flatMap((table) => table.rows).find((row) => row.node === tr)
  }

  place(cell) {
    for (const table of this.tables) {
      for (const [r, row] of table.rows.entries()) {
        const c = row.cells.indexOf(cell)
        if (c >= 0) return { table, row, r, c }
      }
    }
  }

  down(cell, by) {
    const { table, r, c } = this.place(cell)
    for (let at = r + by; table.rows[at]; at += by) {
      if (table.rows[at].cells[c]) return table.rows[at].cells[c].input.focus()
    }
    cell.input.select()
  }

  // From a field's edge to the next field in the row, and from the first to the row's name. True if it moved.
  across(cell, by) {
    const { selectionStart: start, selectionEnd: end, value } = cell.input
    const edge = by < 0 ? 0 : value.length
    if (!(start === end ? start === edge : end - start === value.length)) return false
    const { row } = this.place(cell)
    const fields = row.cells.filter(Boolean)
    const next = fields[fields.indexOf(cell) + by]?.input ?? (by < 0 ? row.button : null)
    next?.focus()
    return next !== null
  }

  listen() {
    const on = (name, handler) => this.frame.addEventListener(name, handler.bind(this))
    on("keydown", this.onKey)
    on("input", ({ target }) => (this.cellOf(target).dirty = true))
    on("focusin", this.onFocus)
    on("focusout", this.onBlur)
    on("paste", this.onPaste)
    on("mousedown", this.onMouseDown)
    on("click", this.onClick)
    on("pointerdown", () => this.tip.hide())
    on("pointerover", this.onPointer)
    on("pointerleave", this.onPointer)
    this.scroller.addEventListener("scroll", () => {
      this.patchEdges()
      this.tip.hide()
    })
    new ResizeObserver(() => this.patchEdges()).observe(this.scroller)
  }

  onKey(event) {
    this.tip.hide()
    const cell = this.cellOf(event.target)
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    const done = cell ? this.onCellKey(cell, event) : this.onNameKey(event)
    if (done) event.preventDefault()
    event.stopPropagation() // Streamlit reads bare letters as shortcuts, and cannot see that a field has the focus
  }

  onCellKey(cell, { key, shiftKey }) {
    switch (key) {
      case "Enter":
        this.commit(cell)
        this.down(cell, shiftKey ? -1 : 1)
        return true
      case "Escape":
        this.restore(cell)
        return true
      case "ArrowUp":
      case "ArrowDown":
        this.step(cell, (key === "ArrowUp" ? 1 : -1) * (shiftKey ? 1 : STEP))
        return true
      case "ArrowLeft":
      case "ArrowRight":
        return !shiftKey && this.across(cell, key === "ArrowLeft" ? -1 : 1)
    }
    return false
  }

  onNameKey({ target, key }) {
    if (!target.matches("button.name")) return false
    const row = this.rowOf(target)
    const rows = this.tables.flatMap((table) => table.rows)
    switch (key) {
      case "ArrowUp":
      case "ArrowDown":
        rows[rows.indexOf(row) + (key === "ArrowUp" ? -1 : 1)]?.button.focus()
        return true
      case "ArrowRight":
        row.cells.find(Boolean)?.input.focus()
        return true
      case "Delete":
        if (row.off.length) this.reset(row.off)
        return true
    }
    return false
  }

  onFocus({ target }) {
    const cell = this.cellOf(target)
    if (cell?.input !== target) return
    target.select()
    this.entered = target
    if (cell.data.error) this.tip.show(target, cell.data.error, "wrong")
  }

  onBlur({ target }) {
    const cell = this.cellOf(target)
    if (cell) this.commit(cell)
    if (this.tip.anchor === target) this.tip.hide()
  }

  onPaste(event) {
    const cell = this.cellOf(event.target)
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n+$/, "")
    if (!cell || !/[\t\n]/.test(text)) return
    event.preventDefault()
    this.paste(cell, text.split("\n").map((line) => line.split("\t").map((part) => part.trim())))
  }

  onMouseDown(event) {
    if (event.target.closest(".reset")) event.preventDefault() // the field that is being edited keeps the focus
  }

  onClick({ target }) {
    const cell = this.cellOf(target)
    if (target.matches("input")) {
      // The first click selects everything, so that typing replaces; a second one places the caret.
      if (this.entered === target && target.selectionStart === target.selectionEnd) target.select()
      this.entered = null
    } else if (target.closest(".reset")) {
      this.onReset(target.closest(".reset"))
    } else {
      const row = this.rowOf(target)
      if (row) this.select(row.path)
    }
  }

  onReset(button) {
    const cell = this.cellOf(button)
    const row = this.rowOf(button)
    const table = this.tables.find((view) => view.reset === button)
    this.reset(cell ? [cell] : (table ?? row).off)
  }

  onPointer({ target }) {
    const anchor = target.closest("[data-tip]")
    if (anchor) this.tip.show(anchor, anchor.dataset.tip)
    else if (!this.tip.anchor?.matches("input")) this.tip.hide()
  }
}
