// The hands on the table: keys, clicks, paste. What they do is in sheet.js.

import { Sheet } from "./sheet.js"

/** @import { Run } from "../shared/messages.d.ts" */
/** @import { TableData } from "./messages.d.ts" */
/** @import { FieldView } from "./build.js" */

const STEP = 8

export class WidthTables extends Sheet {
  /** @param {Run<TableData>["parentElement"]} parent */
  constructor(parent) {
    super(parent)
    /** @type {EventTarget | null} the field that was entered by the click that is under way */
    this.entered = null
    this.listen()
  }

  listen() {
    const { frame, scroller, tip } = this
    frame.addEventListener("keydown", (event) => this.onKey(event))
    frame.addEventListener("input", ({ target }) => this.onInput(target))
    frame.addEventListener("focusin", ({ target }) => this.onFocus(target))
    frame.addEventListener("focusout", ({ target }) => this.onBlur(target))
    frame.addEventListener("paste", (event) => this.onPaste(event))
    frame.addEventListener("mousedown", (event) => this.onMouseDown(event))
    frame.addEventListener("click", ({ target }) => this.onClick(element(target)))
    frame.addEventListener("pointerdown", () => tip.hide())
    frame.addEventListener("pointerover", ({ target }) => this.onPointer(element(target)))
    frame.addEventListener("pointerleave", ({ target }) => this.onPointer(element(target)))
    scroller.addEventListener("scroll", () => {
      this.patchEdges()
      tip.hide()
    })
    new ResizeObserver(() => this.patchEdges()).observe(scroller)
  }

  // ---- what is where

  /** @param {EventTarget | null} node */
  fieldOf(node) {
    return this.fields.find((field) => field.input === node || field.reset === node)
  }

  /** @param {Element} node */
  rowOf(node) {
    const tr = node.closest("tbody tr")
    return tr && this.rows.find((row) => row.node === tr)
  }

  /** @param {FieldView} field */
  placeOf(field) {
    const r = this.rows.findIndex((row) => row.fields.includes(field))
    return { row: this.rows[r], r, c: this.rows[r].fields.indexOf(field) }
  }

  /**
   * @param {FieldView} field
   * @param {number} by
   */
  down(field, by) {
    const { r, c } = this.placeOf(field)
    for (let at = r + by; this.rows[at]; at += by) {
      const next = this.rows[at].fields[c]
      if (next) return next.input.focus()
    }
    field.input.select()
  }

  /**
   * From a field's edge to the next field in the row, and from the first to the row's name. True if it moved.
   * @param {FieldView} field
   * @param {number} by
   */
  across(field, by) {
    const { selectionStart, selectionEnd, value } = field.input
    const [start, end] = [selectionStart ?? 0, selectionEnd ?? 0]
    const edge = by < 0 ? 0 : value.length
    if (!(start === end ? start === edge : end - start === value.length)) return false
    const { row } = this.placeOf(field)
    const fields = row.fields.filter((other) => other !== null)
    const next = fields[fields.indexOf(field) + by]?.input ?? (by < 0 ? row.button : null)
    next?.focus()
    return next !== null
  }

  // ---- keys

  /** @param {KeyboardEvent} event */
  onKey(event) {
    this.tip.hide()
    const field = this.fieldOf(event.target)
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    const done = field ? this.onFieldKey(field, event) : this.onNameKey(element(event.target), event.key)
    if (done) event.preventDefault()
    event.stopPropagation() // Streamlit reads bare letters as shortcuts, and cannot see that a field has the focus
  }

  /**
   * @param {FieldView} field
   * @param {KeyboardEvent} event
   */
  onFieldKey(field, { key, shiftKey }) {
    switch (key) {
      case "Enter":
        this.commit(field)
        this.down(field, shiftKey ? -1 : 1)
        return true
      case "Escape":
        this.restore(field)
        return true
      case "ArrowUp":
      case "ArrowDown":
        this.step(field, (key === "ArrowUp" ? 1 : -1) * (shiftKey ? 1 : STEP))
        return true
      case "ArrowLeft":
      case "ArrowRight":
        return !shiftKey && this.across(field, key === "ArrowLeft" ? -1 : 1)
    }
    return false
  }

  /**
   * @param {Element} target
   * @param {string} key
   */
  onNameKey(target, key) {
    const row = target.matches("button.name") && this.rowOf(target)
    if (!row) return false
    const { rows } = this
    switch (key) {
      case "ArrowUp":
      case "ArrowDown":
        rows[rows.indexOf(row) + (key === "ArrowUp" ? -1 : 1)]?.button.focus()
        return true
      case "ArrowRight":
        row.fields.find((field) => field !== null)?.input.focus()
        return true
      case "Delete":
        if (row.off.length) this.reset(row.off)
        return true
    }
    return false
  }

  // ---- fields

  /** @param {EventTarget | null} target */
  onInput(target) {
    const field = this.fieldOf(target)
    if (field) field.dirty = true
  }

  /** @param {EventTarget | null} target */
  onFocus(target) {
    const field = this.fieldOf(target)
    if (!field || field.input !== target) return
    field.input.select()
    this.entered = target
    if (field.data.error) this.tip.show(field.input, field.data.error, "wrong")
  }

  /** @param {EventTarget | null} target */
  onBlur(target) {
    const field = this.fieldOf(target)
    if (field) this.commit(field)
    if (this.tip.anchor === target) this.tip.hide()
  }

  /** @param {ClipboardEvent} event */
  onPaste(event) {
    const field = this.fieldOf(event.target)
    const pasted = event.clipboardData?.getData("text/plain") ?? ""
    const text = pasted.replace(/\r\n?/g, "\n").replace(/\n+$/, "")
    if (!field || !/[\t\n]/.test(text)) return
    event.preventDefault()
    const { r, c } = this.placeOf(field)
    this.paste(r, c, text.split("\n").map((line) => line.split("\t").map((part) => part.trim())))
  }

  // ---- the pointer

  /** @param {MouseEvent} event */
  onMouseDown(event) {
    if (element(event.target).closest(".reset")) event.preventDefault() // the field that is edited keeps the focus
  }

  /** @param {Element} target */
  onClick(target) {
    const reset = target.closest(".reset")
    if (target instanceof HTMLInputElement) {
      // The first click selects everything, so that typing replaces; a second one places the caret.
      if (this.entered === target && target.selectionStart === target.selectionEnd) target.select()
      this.entered = null
    } else if (reset) {
      this.onReset(reset)
    } else {
      const row = this.rowOf(target)
      if (row) this.select(row.path)
    }
  }

  /** @param {Element} button */
  onReset(button) {
    const field = this.fieldOf(button)
    const whole = this.table?.reset === button ? this.table : this.rowOf(button)
    if (field) this.reset([field])
    else if (whole) this.reset(whole.off)
  }

  /** @param {Element} target */
  onPointer(target) {
    const anchor = target.closest("[data-tip]")
    if (anchor instanceof HTMLElement) this.tip.show(anchor, anchor.dataset.tip ?? "")
    else if (!this.tip.anchor?.matches("input")) this.tip.hide()
  }
}

/**
 * Every event here is one of an element.
 * @param {EventTarget | null} target
 */
const element = (target) => /** @type {Element} */ (target)
