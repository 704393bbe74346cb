// From the data of Python to elements, which patch.js then keeps up to date.

import { el, svgEl } from "../shared/dom.js"

/** @import { Column, Row, RowGroup, Table, TextCell, WidthCell } from "./messages.d.ts" */

/**
 * @typedef {ReturnType<typeof buildTable>} TableView
 * @typedef {ReturnType<typeof buildRow>} RowView
 * @typedef {ReturnType<typeof buildField>} FieldView
 * @typedef {ReturnType<typeof buildText>} TextView
 * @typedef {{ columns: Column[], fields: number, slack: number }} Layout the columns of a group, of which those after
 *   `slack` are computed; `fields`: the most fields that any group has
 */

export const LABELS = "row labels"
export const FIELDS = "all columns with fields"

let ids = 0

/**
 * @param {WidthCell | TextCell | undefined} cell
 * @returns {cell is WidthCell}
 */
export const isWidth = (cell) => cell !== undefined && "width" in cell

/**
 * What must be equal for the elements to be kept.
 * @param {Table} table
 */
export function structureOf({ title, groups, computed }) {
  /** @param {Row} row */
  const cells = (row) => Object.entries(row.cells).map(([key, cell]) => [key, isWidth(cell) ? cell.path : null])
  /** @param {RowGroup} group */
  const rows = (group) => group.rows.map((row) => [row.path, row.label, row.kind, cells(row)])
  return JSON.stringify([title, computed, groups.map((group) => [group.title, group.columns, rows(group)])])
}

/**
 * One table: its groups have columns of their own on the left, and all have the computed ones on the right. Between
 * the two is an empty column that takes the slack.
 * @param {Table} table
 */
export function buildTable({ title, groups, computed }) {
  const id = `table-${++ids}`
  const count = el("span")
  const reset = resetButton({ className: "reset all" }, count)
  const fields = Math.max(0, ...groups.map(({ columns }) => columns.length))
  const cols = [
    ...Array.from({ length: fields }, () => ({ col: el("col", { className: "widths" }), key: FIELDS })),
    ...computed.map((column) => ({ col: el("col", { className: "texts" }), key: `column ${column.key}` })),
  ]
  /** @type {RowView[]} */
  const rows = []
  const bodies = groups.map((group, g) => {
    const layout = { columns: [...group.columns, ...computed], fields, slack: group.columns.length }
    const own = group.rows.map((row, r) => buildRow(layout, row, rows.length + r))
    rows.push(...own)
    const className = group.title === groups[g - 1]?.title ? "" : "first"
    return el("tbody", { className }, ...buildHead(group.title, layout), ...own.map((row) => row.node))
  })
  const errors = el("ul", { className: "errors", ariaLive: "polite" })
  const colgroup = el(
    "colgroup", {},
    el("col", { className: "labels" }),
    ...cols.slice(0, fields).map(({ col }) => col),
    el("col", { className: "slack" }),
    ...cols.slice(fields).map(({ col }) => col),
  )
  const node = el(
    "section", {},
    el("div", { className: "title" }, el("h2", { id, textContent: title }), reset),
    el("table", { "aria-labelledby": id }, colgroup, ...bodies),
    errors,
  )
  return { node, cols, rows, count, reset, errors, errorsShown: "", off: /** @type {FieldView[]} */ ([]) }
}

/**
 * Cells in a row of the table, with empty ones where the group has fewer fields than others.
 * @param {HTMLElement[]} nodes
 * @param {Layout} layout
 */
function padded(nodes, { fields, slack }) {
  const empty = el("td", { className: "slack" })
  empty.colSpan = fields - slack + 1
  return nodes.toSpliced(slack, 0, empty)
}

/**
 * What the group is called, and in two lines the names over neighbours of one branch, and what each column is.
 * @param {string} title
 * @param {Layout} layout
 */
function buildHead(title, layout) {
  const corner = el("th", { scope: "rowgroup", className: "corner", textContent: title })
  corner.rowSpan = 2
  const labels = el("tr", { className: "head labels" }, ...padded(layout.columns.map(buildLabel), layout))
  return [el("tr", { className: "head" }, corner, ...buildGroups(layout)), labels]
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
 * One header over neighbours of one branch.
 * @param {Layout} layout
 */
function buildGroups({ columns, fields, slack }) {
  /** @type {HTMLTableCellElement[]} */
  const groups = []
  columns.slice(0, slack).forEach(({ group }) => {
    const last = groups.at(-1)
    if (group && last?.textContent === group) last.colSpan += 1
    else if (group) groups.push(el("th", { scope: "colgroup", className: "group" }, el("span", { textContent: group })))
    else groups.push(el("td"))
  })
  const rest = el("td", { className: "slack" })
  rest.colSpan = fields - slack + 1 + columns.length - slack
  return [...groups, rest]
}

/**
 * @param {Layout} layout
 * @param {Row} row
 * @param {number} r
 */
function buildRow(layout, row, r) {
  // Tab goes from field to field; only the first row's name is a stop, and arrow keys reach the others.
  const button = el("button", { type: "button", className: "name", textContent: row.label, tabIndex: r ? -1 : 0 })
  const reset = resetButton({ tabIndex: -1, ariaLabel: `Put ${row.label} back`, "data-tip": "Put this row back" })
  const fields = layout.columns.map((column) => {
    const cell = row.cells[column.key]
    return isWidth(cell) ? buildField(column, cell) : null
  })
  const texts = layout.columns.map((column, c) => (row.cells[column.key] && !fields[c] ? buildText() : null))
  const nodes = fields.map((field, c) => (field ?? texts[c])?.node ?? el("td", { className: "text" }))
  const head = el("th", { scope: "row" }, el("div", {}, button, reset))
  const node = el("tr", { className: row.kind }, head, ...padded(nodes, layout))
  node.dataset.path = row.path
  const { columns } = layout
  return { path: row.path, node, button, reset, columns, fields, texts, off: /** @type {FieldView[]} */ ([]) }
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
