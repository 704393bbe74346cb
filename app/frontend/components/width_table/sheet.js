// The table as it is on the page: built once for a structure, then patched, so that focus, caret and scroll survive
// every rerun; and what is told to Python.

import { el } from "../shared/dom.js"
import { Outbox } from "../shared/outbox.js"
import { tellSelected } from "../shared/selection.js"
import { buildTable, structureOf } from "./build.js"
import { patchColumnWidths, patchTable, replaceValue, shownText } from "./patch.js"
import { Tip } from "./tip.js"

/** @import { Run, Send } from "../shared/messages.d.ts" */
/** @import { Table, TableData, TableTold } from "./messages.d.ts" */
/** @import { FieldView, RowView, TableView } from "./build.js" */

const STEP_DELAY_MS = 150
const HEAD_PX = 72 // what stays at the top, as in table.css

export class Sheet {
  /** @param {Run<TableData>["parentElement"]} parent */
  constructor(parent) {
    /** @type {Outbox<TableTold>} */
    this.outbox = new Outbox()
    /** @type {TableView | null} */
    this.table = null
    /** @type {TableData} */
    this.data = { table: { title: "", groups: [], computed: [] }, selected: null, height: null, handled: ["", 0] }
    this.wanted = "" // the structure of `data`
    this.structure = "" // that of the elements
    this.soon = 0
    /** @type {string | null} */
    this.selected = null
    /** @type {Map<string, number>} */
    this.chars = new Map()
    this.scroller = el("div", { className: "scroller" })
    this.frame = el("div", { className: "frame" }, this.scroller)
    this.tip = new Tip()
    parent.append(this.frame, this.tip.node)
  }

  get rows() {
    return this.table?.rows ?? []
  }

  get fields() {
    return this.rows.flatMap((row) => row.fields.filter((field) => field !== null))
  }

  // ---- from Python

  /**
   * A new table waits for the frame that shows its diagram: it takes as long, further down the page.
   * @param {TableData} data
   * @param {Send<TableTold>} send
   */
  update(data, send) {
    this.outbox.answered(data.handled, send)
    this.data = data
    this.wanted = structureOf(data.table)
    if (this.soon) return
    if (this.wanted === this.structure) this.draw()
    else this.soon = requestAnimationFrame(() => setTimeout(() => this.draw()))
  }

  draw() {
    const { data, wanted } = this
    const fresh = wanted !== this.structure || !this.table
    const rebuilt = fresh ? this.rebuild(data.table) : null
    const table = rebuilt?.table ?? this.table
    if (!table) return
    this.structure = wanted
    this.soon = 0
    const waiting = new Set(this.outbox.waiting.flatMap((event) => event.reset ?? Object.keys(event.typed ?? {})))
    const wrongBefore = new Set(this.fields.filter((field) => field.node.classList.contains("wrong")))
    patchTable(table, data.table, waiting, fresh)
    rebuilt?.place()
    patchColumnWidths(this.frame, table, data.table, this.chars)
    this.scroller.style.maxHeight = data.height ? `${data.height}px` : ""
    this.patchSelection(data.selected)
    requestAnimationFrame(() => this.patchEdges()) // which asks for the layout, once the page is complete
    const wrong = this.fields.find((field) => field.data.error && !wrongBefore.has(field))
    if (wrong?.data.error && !fresh) this.tip.show(wrong.input, wrong.data.error, "wrong")
  }

  /**
   * Makes the elements anew; `place` puts them into the page, best when nothing more is to be written.
   * @param {Table} data
   */
  rebuild(data) {
    const old = this.fields
    const focused = old.find((field) => field.input.matches(":focus"))
    const typed = new Map(old.filter((field) => field.dirty).map((field) => [field.path, field.input.value]))
    const { selectionStart = null, selectionEnd = null } = focused?.input ?? {}
    for (const field of old) clearTimeout(field.timer) // the new field sends what is typed
    const table = (this.table = buildTable(data))
    for (const field of this.fields) {
      field.dirty = typed.has(field.path)
      field.input.value = typed.get(field.path) ?? this.settled(field)
    }
    const place = () => {
      this.scroller.replaceChildren(table.node)
      const again = this.fields.find((field) => field.path === focused?.path)
      again?.input.focus({ preventScroll: true })
      again?.input.setSelectionRange(selectionStart, selectionEnd)
    }
    return { table, place }
  }

  /** @param {string | null} fromPython */
  patchSelection(fromPython) {
    const selected = this.outbox.waiting.findLast((event) => event.select)?.select ?? fromPython
    for (const row of this.rows) {
      const on = row.path === selected
      row.node.classList.toggle("selected", on)
      row.button.ariaPressed = String(on)
      if (on && selected !== this.selected) requestAnimationFrame(() => this.reveal(row))
    }
    this.selected = selected
  }

  /**
   * Scrolls inside the component only; the page stays where it is.
   * @param {RowView} row
   */
  reveal({ node }) {
    const { top, bottom } = this.scroller.getBoundingClientRect()
    const at = node.getBoundingClientRect()
    const headBottom = top + HEAD_PX
    if (at.top < headBottom) this.scroller.scrollTop -= headBottom - at.top
    else if (at.bottom > bottom) this.scroller.scrollTop += at.bottom - bottom
  }

  patchEdges() {
    const { scrollLeft, scrollWidth, clientWidth } = this.scroller
    this.frame.style.setProperty("--visible", `${clientWidth}px`)
    this.frame.classList.toggle("fits", !this.data.height && scrollWidth <= clientWidth)
    this.frame.classList.toggle("more-left", scrollLeft > 1)
    this.frame.classList.toggle("more-right", scrollLeft + clientWidth < scrollWidth - 1)
  }

  // ---- to Python

  /** @param {FieldView} field */
  settle(field) {
    clearTimeout(field.timer)
    field.dirty = false
  }

  /**
   * What the field contains if nothing more is typed: the text last sent, or what Python says.
   * @param {FieldView} field
   */
  settled({ path, data }) {
    const sent = this.outbox.waiting.findLast((event) => event.reset?.includes(path) || event.typed?.[path] !== undefined)
    return sent ? (sent.typed?.[path] ?? String(data.original)) : shownText(data)
  }

  /** @param {FieldView} field */
  commit(field) {
    if (!field.dirty) return
    this.settle(field)
    const text = field.input.value.trim() || String(field.data.original ?? "")
    field.input.value = text
    if (text !== this.settled(field)) this.outbox.tell({ typed: { [field.path]: text } })
  }

  /** @param {FieldView[]} fields */
  reset(fields) {
    const known = fields.filter((field) => field.data.original !== null)
    for (const field of known) {
      this.settle(field)
      replaceValue(field.input, String(field.data.original))
    }
    this.outbox.tell({ reset: known.map((field) => field.path) })
  }

  /** @param {FieldView} field */
  restore(field) {
    const untouched = !field.dirty
    this.settle(field)
    replaceValue(field.input, this.settled(field))
    if (!untouched || !field.data.error) return field.input.select()
    // A second Escape in a wrong field goes back to the last valid width.
    replaceValue(field.input, String(field.data.width))
    this.outbox.tell({ typed: { [field.path]: String(field.data.width) } })
  }

  /**
   * @param {FieldView} field
   * @param {number} by
   */
  step(field, by) {
    const { width, low, high } = field.data
    const now = /^\d+$/.test(field.input.value) ? Number(field.input.value) : width
    field.input.value = String(Math.min(high, Math.max(low, now + by)))
    field.input.select()
    field.dirty = true
    clearTimeout(field.timer)
    field.timer = setTimeout(() => this.commit(field), STEP_DELAY_MS)
  }

  /**
   * @param {number} r
   * @param {number} c
   * @param {string[][]} block its first text goes to row `r`, column `c`
   */
  paste(r, c, block) {
    /** @type {Record<string, string>} */
    const typed = {}
    block.forEach((line, down) =>
      line.forEach((text, right) => {
        const target = this.rows[r + down]?.fields[c + right]
        if (!target || text === "") return
        this.settle(target)
        target.input.value = typed[target.path] = text
      }),
    )
    if (Object.keys(typed).length) this.outbox.tell({ typed })
  }

  /** @param {string} path */
  select(path) {
    if (path === this.selected) return
    tellSelected(path)
    this.outbox.tell({ select: path })
    this.patchSelection(path)
  }
}
