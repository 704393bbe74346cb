// Keeps the elements of build.js up to date, and writes only what is new: focus, caret and scroll survive.

import { el } from "../shared/dom.js"
import { FIELDS, isWidth, LABELS } from "./build.js"

/** @import { Row, Table, TextCell, WidthCell } from "./messages.d.ts" */
/** @import { RowView, TableView, TextView, FieldView } from "./build.js" */

const FLASH_MS = 900
const BAR_CHARS = 10 // a shorter bar says nothing

const calm = matchMedia("(prefers-reduced-motion: reduce)")

/** @param {WidthCell} cell */
const isChanged = (cell) => cell.original !== null && cell.width !== cell.original

/** @param {WidthCell} cell */
export const shownText = (cell) => (cell.error ? cell.typed : null) ?? String(cell.width)

/**
 * @param {TableView} view
 * @param {Table} table
 * @param {Set<string>} waiting paths of which Python still has to answer something
 * @param {boolean} fresh
 */
export function patchTable(view, table, waiting, fresh) {
  const rows = table.groups.flatMap((group) => group.rows)
  view.off = rows.flatMap((row, r) => patchRow(view.rows[r], row, waiting, fresh))
  view.reset.hidden = view.off.length === 0
  setText(view.count, `Reset ${view.off.length} ${view.off.length === 1 ? "cell" : "cells"}`)
  patchErrors(view, view.off.filter((cell) => cell.data.error))
}

/**
 * Returns what is off in the row: changed or wrong cells.
 * @param {RowView} view
 * @param {Row} row
 * @param {Set<string>} waiting
 * @param {boolean} fresh
 */
function patchRow(view, row, waiting, fresh) {
  view.off = []
  view.columns.forEach(({ key }, c) => {
    const [field, text, cell] = [view.fields[c], view.texts[c], row.cells[key]]
    if (text && cell && !isWidth(cell)) patchText(text, cell, fresh)
    if (!field || !isWidth(cell)) return
    patchField(field, cell, waiting.has(cell.path))
    if (isChanged(cell) || cell.error) view.off.push(field)
  })
  view.reset.hidden = view.off.length === 0
  return view.off
}

/**
 * @param {FieldView} view
 * @param {WidthCell} cell
 * @param {boolean} waiting
 */
function patchField(view, cell, waiting) {
  view.data = cell
  if (!waiting && !view.dirty) replaceValue(view.input, shownText(cell))
  const changed = isChanged(cell)
  view.node.classList.toggle("changed", changed)
  view.node.classList.toggle("wrong", Boolean(cell.error))
  setText(view.was, changed ? `was ${cell.original}` : "")
  view.reset.hidden = cell.original === null || !(changed || cell.error)
  setAttribute(view.reset, "aria-label", `Put ${cell.path} back to ${cell.original}`)
  setAttribute(view.reset, "data-tip", `Put back to ${cell.original}`)
  setAttribute(view.input, "aria-label", `${view.noun} of ${cell.path}, ${cell.low} to ${cell.high}`)
  setAttribute(view.input, "placeholder", String(cell.original ?? ""))
  setAttribute(view.input, "aria-invalid", cell.error ? "true" : null)
  setAttribute(view.input, "aria-describedby", cell.error ? `${view.id}-error` : changed ? `${view.id}-was` : null)
}

/**
 * @param {TextView} view
 * @param {TextCell} cell
 * @param {boolean} fresh
 */
function patchText(view, cell, fresh) {
  if (setText(view.value, cell.text) && !fresh) flash(view.node)
  setText(view.delta, cell.delta ?? "")
  view.node.classList.toggle("with-delta", Boolean(cell.delta))
  setAttribute(view.delta, "class", cell.better === null ? null : cell.better ? "better" : "worse")
  setAttribute(view.bar, "style", cell.share === null ? null : `--share: ${cell.share}`)
  setAttribute(view.value, "data-tip", cell.exact)
  setAttribute(view.value, "aria-description", cell.exact)
}

/**
 * The sentences below the table; a click on one leads to its cell.
 * @param {TableView} view
 * @param {FieldView[]} wrong
 */
function patchErrors(view, wrong) {
  const same = JSON.stringify(wrong.map(({ id, data }) => [id, data.error]))
  if (same === view.errorsShown) return
  view.errorsShown = same
  view.errors.replaceChildren(
    ...wrong.map(({ id, input, data }) => {
      const button = el("button", { type: "button", id: `${id}-error`, textContent: data.error })
      button.addEventListener("click", () => input.focus())
      return el("li", {}, button)
    }),
  )
}

/**
 * Columns only grow: digits that come and go must not move the table. All with fields are equally wide.
 * @param {HTMLElement} frame
 * @param {TableView} view
 * @param {Table} table
 * @param {Map<string, number>} chars the widest text of each key so far
 */
export function patchColumnWidths(frame, view, { groups, computed }, chars) {
  /**
   * @param {string} key
   * @param {number} length
   */
  const grow = (key, length) => chars.set(key, Math.max(chars.get(key) ?? 4, length))
  /** @param {string} text */
  const longestWord = (text) => Math.max(...text.split(/\s/).map((word) => word.length))
  const rows = groups.flatMap((group) => group.rows)
  for (const row of rows) grow(LABELS, row.label.length)
  for (const { label } of groups.flatMap(({ columns }) => columns)) grow(FIELDS, longestWord(label) + 1)
  for (const { key, label } of computed) {
    grow(`column ${key}`, longestWord(label) + 1)
    for (const row of rows) {
      const cell = row.cells[key]
      if (cell && !isWidth(cell)) grow(`column ${key}`, cell.share === null ? cell.text.length : BAR_CHARS)
    }
  }
  for (const { col, key } of view.cols) col.style.setProperty("--chars", String(chars.get(key)))
  frame.style.setProperty("--label-chars", String(chars.get(LABELS) ?? 0))
  frame.style.setProperty("--fields", String(Math.max(1, view.cols.length - computed.length)))
}

/**
 * Returns whether it is another text.
 * @param {Element} node
 * @param {string} text
 */
function setText(node, text) {
  if (node.textContent === text) return false
  node.textContent = text
  return true
}

/**
 * @param {Element} node
 * @param {string} name
 * @param {string | null} value without one there is no attribute
 */
function setAttribute(node, name, value) {
  if (!value) node.removeAttribute(name)
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value)
}

/**
 * @param {HTMLInputElement} input
 * @param {string} text
 */
export function replaceValue(input, text) {
  if (input.value === text) return
  const focused = input.matches(":focus")
  const { selectionStart: start, selectionEnd: end, value } = input
  input.value = text
  if (!focused) return
  if (start === 0 && end === value.length) input.select()
  else input.setSelectionRange(start, end)
}

/** @param {Element} node */
function flash(node) {
  const fade = { backgroundColor: ["var(--flash)", "transparent"] }
  if (!calm.matches) node.animate(fade, { duration: FLASH_MS, easing: "ease-out" })
}
