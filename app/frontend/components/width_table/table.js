// The editable table: built once for a structure, then patched, so that focus, caret and scroll survive every rerun.

const STEP_DELAY_MS = 150

export default function ({ data, parentElement, setTriggerValue }) {
  const view = (parentElement.widthTables ??= new WidthTables(parentElement))
  view.update(data, (value) => setTriggerValue("events", value))
}

class Sheet {
  constructor(parent) {
    this.outbox = new Outbox()
    this.tables = []
    this.chars = new Map()
    this.scroller = el("div", { className: "scroller" })
    this.frame = el("div", { className: "frame" }, this.scroller)
    this.tip = new Tip()
    parent.append(this.frame, this.tip.node)
  }

  get cells() {
    return this.tables.flatMap((table) => table.rows.flatMap((row) => row.cells.filter(Boolean)))
  }

  // ---- from Python

  /** Another network's table waits for the frame that shows its diagram: it takes as long, further down the page. */
  update(data, send) {
    this.outbox.answered(data.handled, send)
    this.data = data
    this.wanted = structureOf(data.tables)
    if (this.soon) return
    if (!this.structure || this.wanted === this.structure) this.draw()
    else this.soon = requestAnimationFrame(() => setTimeout(() => this.draw()))
  }

  draw() {
    const { data, wanted } = this
    const fresh = wanted !== this.structure
    const place = fresh ? this.rebuild(data.tables) : () => {}
    this.structure = wanted
    this.soon = null
    const waiting = new Set(this.outbox.waiting.flatMap((event) => event.reset ?? Object.keys(event.typed ?? {})))
    const wrongBefore = new Set(this.cells.filter((cell) => cell.node.classList.contains("wrong")))
    data.tables.forEach((table, t) => this.patchTable(this.tables[t], table, waiting, fresh))
    place()
    patchColumnWidths(this.frame, this.tables, data.tables, this.chars)
    this.scroller.style.maxHeight = data.height ? `${data.height}px` : ""
    this.patchSelection(data.selected)
    this.patchEdges()
    const wrong = this.cells.find((cell) => cell.data.error && !wrongBefore.has(cell))
    if (wrong && !fresh) this.tip.show(wrong.input, wrong.data.error, "wrong")
  }

  patchTable(view, table, waiting, fresh) {
    view.off = table.rows.flatMap((row, r) => patchRow(view.rows[r], table.columns, row, waiting, fresh))
    view.reset.hidden = view.off.length === 0
    setText(view.count, `Reset ${view.off.length} ${view.off.length === 1 ? "cell" : "cells"}`)
    patchErrors(view, view.off.filter((cell) => cell.data.error))
  }

  /** Makes the elements anew; what it returns puts them into the page, best when nothing more is to be written. */
  rebuild(tables) {
    const old = this.cells
    const focused = old.find((cell) => cell.input.matches(":focus"))
    const typed = new Map(old.filter((cell) => cell.dirty).map((cell) => [cell.path, cell.input.value]))
    const caret = focused && [focused.input.selectionStart, focused.input.selectionEnd]
    for (const cell of old) clearTimeout(cell.timer) // the new field sends what is typed
    this.tables = tables.map(buildTable)
    for (const cell of this.cells) {
      cell.dirty = typed.has(cell.path)
      cell.input.value = typed.get(cell.path) ?? this.settled(cell)
    }
    return () => {
      this.scroller.replaceChildren(...this.tables.map((table) => table.node))
      const again = focused && this.cells.find((cell) => cell.path === focused.path)
      if (!again) return
      again.input.focus({ preventScroll: true })
      again.input.setSelectionRange(...caret)
    }
  }

  patchSelection(fromPython) {
    const selected = this.outbox.waiting.findLast((event) => event.select)?.select ?? fromPython
    for (const row of this.tables.flatMap((table) => table.rows)) {
      const on = row.path === selected
      row.node.classList.toggle("selected", on)
      row.button.ariaPressed = String(on)
      if (on && selected !== this.selected) this.reveal(row.node)
    }
    this.selected = selected
  }

  // Scrolls inside the component only; the page stays where it is.
  reveal(node) {
    const { top, bottom } = this.scroller.getBoundingClientRect()
    const at = node.getBoundingClientRect()
    const headBottom = top + node.closest("table").tHead.offsetHeight
    if (at.top < headBottom) this.scroller.scrollTop -= headBottom - at.top
    else if (at.bottom > bottom) this.scroller.scrollTop += at.bottom - bottom
  }

  patchEdges() {
    const { scrollLeft, scrollWidth, clientWidth } = this.scroller
    this.frame.style.setProperty("--visible", `${clientWidth}px`)
    this.frame.classList.toggle("more-left", scrollLeft > 1)
    this.frame.classList.toggle("more-right", scrollLeft + clientWidth < scrollWidth - 1)
  }

  // ---- to Python

  settle(cell) {
    clearTimeout(cell.timer)
    cell.dirty = false
  }

  // What the cell holds if nothing more is typed: the text last sent, or what Python says.
  settled(cell) {
    const { path, data } = cell
    const sent = this.outbox.waiting.findLast((event) => event.reset?.includes(path) || event.typed?.[path] !== undefined)
    return sent ? sent.typed?.[path] ?? String(data.original) : shownText(data)
  }

  commit(cell) {
    if (!cell.dirty) return
    this.settle(cell)
    const text = cell.input.value.trim() || String(cell.data.original ?? "")
    cell.input.value = text
    if (text !== this.settled(cell)) this.outbox.tell({ typed: { [cell.path]: text } })
  }

  reset(cells) {
    const known = cells.filter((cell) => cell.data.original !== null)
    for (const cell of known) {
      this.settle(cell)
      replaceValue(cell.input, String(cell.data.original))
    }
    this.outbox.tell({ reset: known.map((cell) => cell.path) })
  }

  restore(cell) {
    const untouched = !cell.dirty
    this.settle(cell)
    replaceValue(cell.input, this.settled(cell))
    if (!untouched || !cell.data.error) return cell.input.select()
    // A second Escape in a wrong cell goes back to the last valid width.
    replaceValue(cell.input, String(cell.data.width))
    this.outbox.tell({ typed: { [cell.path]: String(cell.data.width) } })
  }

  step(cell, by) {
    const { width, low, high } = cell.data
    const now = /^\d+$/.test(cell.input.value) ? Number(cell.input.value) : width
    cell.input.value = Math.min(high, Math.max(low, now + by))
    cell.input.select()
    cell.dirty = true
    clearTimeout(cell.timer)
    cell.timer = setTimeout(() => this.commit(cell), STEP_DELAY_MS)
  }

  paste(cell, block) {
    const { table, r, c } = this.place(cell)
    const typed = {}
    block.forEach((line, down) =>
      line.forEach((text, right) => {
        const target = table.rows[r + down]?.cells[c + right]
        if (!target || text === "") return
        this.settle(target)
        target.input.value = typed[target.path] = text
      }),
    )
    if (Object.keys(typed).length) this.outbox.tell({ typed })
  }

  select(path) {
    if (path === this.selected) return
    tellSelected(path)
    this.outbox.tell({ select: path })
    this.patchSelection(path)
  }
}
