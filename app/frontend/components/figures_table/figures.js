// A table of figures: a click on a heading sorts it, one on a row selects.

import { el } from "../shared/dom.js"
import { Outbox } from "../shared/outbox.js"
import { received } from "../shared/received.js"
import { tellSelected } from "../shared/selection.js"

/** @import { Run, Send } from "../shared/messages.d.ts" */
/** @import { FigureCell, FigureColumn, FigureRow, FiguresData, FiguresTold } from "./messages.d.ts" */

/** @param {Run<FiguresData, FiguresTold> & { parentElement: { figuresTable?: FiguresTable } }} run */
export default function (run) {
  const shown = received(run)
  if (!shown) return
  const view = (run.parentElement.figuresTable ??= new FiguresTable(run.parentElement))
  view.update(shown.data, shown.send)
}

class FiguresTable {
  /** @param {Run<FiguresData>["parentElement"]} parent */
  constructor(parent) {
    /** @type {Outbox<FiguresTold>} */
    this.outbox = new Outbox()
    /** @type {FiguresData | null} */
    this.data = null
    this.sort = { label: "", down: true } // by the order that the rows came in, where no column is called so
    /** @type {string | null} */
    this.selected = null
    this.head = el("thead")
    this.body = el("tbody")
    this.scroller = el("div", { className: "scroller" }, el("table", {}, this.head, this.body))
    parent.append(el("div", { className: "figures" }, this.scroller))
    this.head.addEventListener("click", ({ target }) => this.onHead(target))
    this.body.addEventListener("click", ({ target }) => this.onRow(target))
    this.body.addEventListener("keydown", (event) => this.onKey(event))
  }

  /**
   * @param {FiguresData} data
   * @param {Send<FiguresTold>} send
   */
  update(data, send) {
    this.outbox.answered(data.handled, send)
    const before = this.data
    this.data = data
    this.scroller.classList.toggle("selectable", data.selectable)
    this.scroller.classList.toggle("opening", data.selected !== null)
    if (before?.columns !== data.columns || before.rows !== data.rows || before.name !== data.name) this.draw(data)
    this.select(this.outbox.waiting.at(-1)?.select ?? data.selected)
  }

  /** @param {FiguresData} data */
  draw({ name, columns, rows, selectable }) {
    const focused = this.focused?.dataset.id
    const places = columns.flatMap((column, place) => (column.kind === "small" ? [] : [place]))
    const names = [el("th", { scope: "col", className: "name" }, name), ...places.map((i) => this.heading(columns, i))]
    this.head.replaceChildren(el("tr", {}, ...names))
    this.scroller.style.setProperty("--wide", `${22 + 11 * places.length}rem`) // the eye loses its row across a wider gap
    const lines = this.sorted(rows, columns).map((row) => line(row, columns, places, selectable))
    this.body.replaceChildren(...lines)
    const again = focused === undefined ? undefined : this.rowOf(focused)
    if (again) nameOf(again)?.focus({ preventScroll: true })
    this.selected = null
  }

  /**
   * @param {FigureColumn[]} columns
   * @param {number} place
   */
  heading(columns, place) {
    const { label, kind, help } = columns[place]
    const below = columns[place + 1]?.kind === "small" ? [" ", el("small", {}, columns[place + 1].label)] : []
    const button = el("button", { type: "button", title: help }, label, el("i", { ariaHidden: "true" }))
    const node = el("th", { scope: "col", className: kind }, button, ...below)
    node.dataset.label = label
    node.ariaSort = label !== this.sort.label ? "none" : this.sort.down ? "descending" : "ascending"
    return node
  }

  /**
   * @param {FigureRow[]} rows
   * @param {FigureColumn[]} columns
   */
  sorted(rows, columns) {
    const place = columns.findIndex(({ label }) => label === this.sort.label)
    if (place < 0) return rows
    const sign = this.sort.down ? -1 : 1
    const ofWords = columns[place].kind === "words"
    return rows.toSorted(([, , , a], [, , , b]) =>
      ofWords ? sign * a[place][0].localeCompare(b[place][0]) : compared(a[place], b[place], sign),
    )
  }

  /** @param {EventTarget | null} target */
  onHead(target) {
    const th = target instanceof Element ? target.closest("th") : null
    const label = th?.dataset.label
    if (label === undefined || !this.data) return
    const first = !th?.classList.contains("words") // numbers from the largest, words from A
    if (label !== this.sort.label) this.sort = { label, down: first }
    else this.sort = this.sort.down === first ? { label, down: !first } : { label: "", down: true }
    this.draw(this.data)
    this.select(this.data.selected)
    for (const other of this.head.querySelectorAll("th"))
      if (other.dataset.label === label) other.querySelector("button")?.focus()
  }

  // ---- the selected row

  get focused() {
    const root = this.body.getRootNode()
    const node = root instanceof ShadowRoot ? root.activeElement : document.activeElement
    const row = node?.closest("tbody tr")
    return row instanceof HTMLTableRowElement && this.body.contains(row) ? row : null
  }

  /** @param {string} id */
  rowOf(id) {
    return [...this.body.rows].find((row) => row.dataset.id === id)
  }

  /** @param {string | null} id */
  select(id) {
    if (!this.data?.selectable) return
    const stop = (id !== null && this.rowOf(id)) || this.body.rows[0]
    for (const row of this.body.rows) {
      row.classList.toggle("selected", row.dataset.id === id)
      const button = nameOf(row)
      if (!button) continue
      button.ariaPressed = String(row.dataset.id === id)
      button.tabIndex = row === stop ? 0 : -1 // arrow keys reach the others
    }
    if (id !== this.selected && stop?.dataset.id === id) requestAnimationFrame(() => this.reveal(stop))
    this.selected = id
  }

  /** @param {HTMLTableRowElement} row is scrolled to inside the table: the page stays where it is */
  reveal(row) {
    const top = row.offsetTop - this.head.offsetHeight
    const low = row.offsetTop + row.offsetHeight - this.scroller.clientHeight
    if (this.scroller.scrollTop > top) this.scroller.scrollTop = top
    else if (this.scroller.scrollTop < low) this.scroller.scrollTop = low
  }

  /** @param {EventTarget | null} target */
  onRow(target) {
    const id = target instanceof Element && target.closest("tr")?.dataset.id
    if (!id || !this.data?.selectable || id === this.selected) return
    this.selected = id // it is in sight
    this.select(id)
    tellSelected(id)
    this.outbox.tell({ select: id })
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const row = this.focused
    const next = { ArrowDown: row?.nextElementSibling, ArrowUp: row?.previousElementSibling }[event.key]
    if (!(next instanceof HTMLTableRowElement)) return
    event.preventDefault()
    nameOf(next)?.focus({ preventScroll: true })
    this.reveal(next)
  }
}

/**
 * What has no number is last in both directions.
 * @param {FigureCell} a
 * @param {FigureCell} b
 * @param {number} sign
 */
function compared([, a], [, b], sign) {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  return sign * (a - b)
}

/** @param {HTMLTableRowElement} row */
function nameOf(row) {
  return row.querySelector("button")
}

/**
 * @param {FigureRow} row
 * @param {FigureColumn[]} columns
 * @param {number[]} places of the columns that have cells
 * @param {boolean} selectable
 */
function line([id, name, about, cells], columns, places, selectable) {
  const parts = name.split(/(?<=[._])/).flatMap((part) => [part, document.createElement("wbr")])
  const title = selectable ? el("button", { type: "button", tabIndex: -1 }, ...parts) : el("span", {}, ...parts)
  const head = el("th", { scope: "row", className: "name" }, title, el("small", {}, about))
  const figures = places.map((place) => {
    const below = columns[place + 1]?.kind === "small" ? [" ", el("small", {}, cells[place + 1][0])] : []
    const { kind } = columns[place]
    const [text] = cells[place]
    return el("td", { className: kind, title: kind === "words" ? text : "" }, text, ...below) // words may be cut
  })
  const node = el("tr", {}, head, ...figures)
  node.dataset.id = id
  return node
}
