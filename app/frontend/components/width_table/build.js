// From the data of Python to elements, which patch.js then keeps up to date.

import { el, svgEl } from "../shared/dom.js"

/** @import { Column, Row, Table, TextCell, WidthCell } from "./messages.d.ts" */

/**
 * @typedef {ReturnType<typeof buildTable>} TableView
 * @typedef {ReturnType<typeof buildRow>} RowView
 * @typedef {ReturnType<typeof buildField>} FieldView
 * @typedef {ReturnType<typeof buildText>} TextView
 */

// Columns of one key are equally wide in all tables.
export const LABELS = "row labels"
export const FIELDS = "all columns with fields"
const SLACK = "slack"

let ids = 0

/**
 * @param {WidthCell | TextCell | undefined} cell
 * @returns {cell is WidthCell}
 */
export const isWidth = (cell) => cell !== undefined && "width" in cell

/**
 * What must be equal for the elements to be kept.
 * @param {Table[]} tables
 */
export function structureOf(tables) {
  /** @param {Row} row */
  const cells = (row) => Object.entries(row.cells).map(([key, cell]) => [key, isWidth(cell) ? cell.path : null])
  /** @param {Table} table */
  const rows = (table) => table.rows.map((row) => [row.path, row.label, row.kind, cells(row)])
  return JSON.stringify(tables.map((table) => [table.title, table.columns, rows(table)]))
}

/** @param {Table} table */
export function buildTable(table) {
  const id = `table-${++ids}`
  const count = el("span")
  const reset = resetButton({ className: "reset all" }, count)
  const withFields = table.columns.map((column) => table.rows.some((row) => isWidth(row.cells[column.key])))
  const slack = withFields.lastIndexOf(true) + 1
  const cols = table.columns.map((column, c) => ({
    col: el("col", { className: withFields[c] ? "widths" : "texts" }),
    key: withFields[c] ? FIELDS : `column ${column.key}`,
  }))
  const rows = table.rows.map((row, r) => buildRow(table, row, r, slack))
  const errors = el("ul", { className: "errors", ariaLive: "polite" })
  const node = el(
    "section", {},
    el("div", { className: "title" }, el("h3", { id, textContent: table.title }), reset),
    el(
      "table", { "aria-labelledby": id },
      el("colgroup", {}, el("col", { className: "labels" }), ...withSlack(cols.map(({ col }) => col), slack, "col")),
      buildHead(table, slack),
      el("tbody", {}, ...rows.map((row) => row.node)),
    ),
    errors,
  )
  return { node, cols, rows, count, reset, errors, errorsShown: "", off: /** @type {FieldView[]} */ ([]) }
}

/**
 * An empty column takes the slack, so that fields line up on the left and computed values on the right in all tables.
 * @param {HTMLElement[]} nodes
 * @param {number} at
 * @param {"td" | "col"} tag
 */
function withSlack(nodes, at, tag) {
  return nodes.toSpliced(at, 0, el(tag, { className: SLACK }))
}

/**
 * @param {Table} table
 * @param {number} slack
 */
function buildHead({ columns }, slack) {
  const corner = el("td", { className: "corner" })
  const labels = el("tr", {}, ...withSlack(columns.map(buildLabel), slack, "td"))
  if (!columns.some((column) => column.group)) {
    labels.prepend(corner)
    return el("thead", {}, labels)
  }
  corner.rowSpan = 2
  return el("thead", {}, el("tr", {}, corner, ...buildGroups(columns, slack)), labels)
}

/** @param {Column} column */
function buildLabel(column) {
  const th = el("th", { scope: "col" }, el("span", { textContent: column.label }))
  if (column.hint) th.dataset.tip = th.ariaDescription = column.hint
  if (column.color) th.style.setProperty("--branch", column.color)
  th.classList.toggle("branch", Boolean(column.color))
  th.classList.toggle("reduction", column.reduction)
  return th
}

/**
 * One header over neighbours of one group.
 * @param {Column[]} columns
 * @param {number} slack
 */
function buildGroups(columns, slack) {
  /** @type {HTMLTableCellElement[]} */
  const groups = []
  columns.forEach(({ group }, c) => {
    if (c === slack) groups.push(el("td", { className: SLACK }))
    const last = groups.at(-1)
    if (group && last?.textContent === group) last.colSpan += 1
    else if (group) groups.push(el("th", { scope: "colgroup", className: "group" }, el("span", { textContent: group })))
    else groups.push(el("td"))
  })
  if (slack >= columns.length) groups.push(el("td", { className: SLACK }))
  return groups
}

/**
 * @param {Table} table
 * @param {Row} row
 * @param {number} r
 * @param {number} slack
 */
function buildRow(table, row, r, slack) {
  // Tab goes from field to field; only the first row's name is a stop, and arrow keys reach the others.
  const button = el("button", { type: "button", className: "name", textContent: row.label, tabIndex: r ? -1 : 0 })
  const reset = resetButton({ tabIndex: -1, ariaLabel: `Put ${row.label} back`, "data-tip": "Put this row back" })
  const fields = table.columns.map((column) => {
    const cell = row.cells[column.key]
    return isWidth(cell) ? buildField(column, cell) : null
  })
  const texts = table.columns.map((column, c) => (row.cells[column.key] && !fields[c] ? buildText() : null))
  const nodes = fields.map((field, c) => (field ?? texts[c])?.node ?? el("td", { className: "text" }))
  const head = el("th", { scope: "row" }, el("div", {}, button, reset))
  const node = el("tr", { className: row.kind }, head, ...withSlack(nodes, slack, "td"))
  node.dataset.path = row.path
  return { path: row.path, node, button, reset, fields, texts, off: /** @type {FieldView[]} */ ([]) }
}

/**
 * @param {Column} column
 * @param {WidthCell} cell
 */
function buildField(column, cell) {
  const id = `width-${++ids}`
  const input = el("input", { type: "text", inputMode: "numeric", autocomplete: "off", spellcheck: false })
  const was = el("small", { id: `${id}-was` })
  const reset = resetButton({ tabIndex: -1 })
  const node = el("td", { className: "width" }, input, was, reset)
  return { id, path: cell.path, noun: column.noun, node, input, was, reset, data: cell, dirty: false, timer: 0 }
}

function buildText() {
  const bar = el("span", { className: "bar" })
  const value = el("span", { className: "value" })
  const delta = el("small")
  return { node: el("td", { className: "text" }, bar, value, delta), bar, value, delta }
}

/**
 * A button that puts published numbers back.
 * @param {Record<string, unknown>} props
 * @param {...Node} children
 */
function resetButton(props, ...children) {
  const arrow = svgEl("path", { d: "M3 2.5v4h4M3.4 6.2a5.2 5.2 0 1 1-.5 3.6" })
  const icon = svgEl("svg", { viewBox: "0 0 16 16" }, arrow)
  return el("button", { type: "button", className: "reset", hidden: true, ...props }, icon, ...children)
}
