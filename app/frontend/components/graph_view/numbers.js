// Numbers in the boxes: a click opens a field in place, a drag sideways changes the number as it goes.

import { part } from "../shared/parts.js"

/** @import { Place } from "./diagram.js" */
/** @import { GraphView } from "./graph_view.js" */
/** @import { BoxNumber, GraphViewData } from "./messages.d.ts" */

const STEP = 8 // filters an arrow key, or a few px of a drag; one with Shift
const PX_A_STEP = 6
const SLACK_PX = 4

export class Numbers {
  /**
   * @param {GraphView} view
   * @param {HTMLElement} box with the field and what is wrong with it
   */
  constructor(view, box) {
    this.view = view
    this.box = box
    this.field = part(box, "input", HTMLInputElement)
    this.error = part(box, "output", HTMLElement)
    /** @type {GraphViewData["numbers"]} */
    this.numbers = {}
    /** @type {Place | null} whose number is edited */
    this.edited = null
    this.told = "" // what Python knows, or will, of that number
    /** @type {{ path: string, text: string } | null} waits until Python has answered the one before */
    this.next = null
    this.field.addEventListener("keydown", (event) => this.key(event))
    this.field.addEventListener("change", () => this.commit())
    this.field.addEventListener("blur", () => this.close())
    view.canvas.addEventListener("pointerdown", (event) => this.press(event), { capture: true })
  }

  /** @param {GraphViewData["numbers"]} numbers */
  update(numbers) {
    this.numbers = numbers
    for (const place of this.view.places) place.element.toggleAttribute("data-number", place.id in numbers)
    this.follow()
    if (this.next && !this.underWay) this.tell(this.next)
    const wrong = this.view.places.find((place) => this.number(place)?.error)
    if (this.edited) {
      this.say(this.number(this.edited))
      if (!this.box.hidden && !this.field.matches(":focus")) this.close() // it was mended elsewhere
    } else if (wrong) this.open(wrong, "", this.view.canvas.matches(":focus-within"))
  }

  /** To the same box of a diagram that was drawn anew, as for thumbnails that have come. */
  follow() {
    const { edited, view } = this
    if (!edited || view.places.includes(edited)) return
    this.edited = view.places.find(({ id }) => id === edited.id) ?? null
    if (this.edited) this.place()
    else this.close()
  }

  /** @param {string} path */
  has(path) {
    return path in this.numbers
  }

  /**
   * @param {Place} place
   * @returns {BoxNumber | undefined}
   */
  number(place) {
    return this.numbers[place.id]
  }

  get underWay() {
    return this.view.outbox.waiting.some((event) => "typed" in event)
  }

  // ---- The field

  /**
   * @param {Place} place
   * @param {string} typed what is in the field already
   * @param {boolean} focus whether the person is here: what was typed elsewhere keeps the focus there
   */
  open(place, typed = "", focus = true) {
    const number = this.number(place)
    if (!number) return
    this.edited = place
    this.box.hidden = false
    this.told = number.typed ?? String(number.width)
    this.field.value = typed || this.told
    this.field.setAttribute("aria-label", `filters of ${place.id}, in the diagram`)
    this.say(number)
    this.place()
    if (focus) this.field.focus({ preventScroll: true })
    if (focus && !typed) this.field.select()
  }

  close() {
    if (this.edited && this.number(this.edited)?.error && this.field.value === this.number(this.edited)?.typed) return
    this.edited = null
    this.box.hidden = true
  }

  commit() {
    const number = this.edited && this.number(this.edited)
    const text = this.field.value.trim()
    if (this.edited && number && (text !== this.told || number.error)) this.tell({ path: this.edited.id, text })
  }

  /** @param {{ path: string, text: string }} typed */
  tell(typed) {
    this.told = typed.text
    this.next = this.underWay ? typed : null
    if (!this.next) this.view.outbox.tell({ typed: { [typed.path]: typed.text } })
  }

  /** @param {BoxNumber | undefined} number */
  say(number) {
    this.error.textContent = number?.error ?? ""
    this.field.setAttribute("aria-invalid", String(Boolean(number?.error)))
  }

  /** Over the number, wherever the camera has it. */
  place() {
    if (!this.edited) return
    const line = [...this.edited.element.querySelectorAll("text")].at(-1)
    if (!line) return
    const [at, canvas] = [line.getBoundingClientRect(), this.view.canvas.getBoundingClientRect()]
    const [x, y] = [at.x + at.width / 2 - canvas.x, at.y + at.height / 2 - canvas.y]
    this.box.style.transform = `translate(${x}px, ${y}px)`
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    event.stopPropagation()
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key]
    if (this.edited && direction && /^\d+$/.test(this.field.value)) {
      event.preventDefault()
      this.field.value = String(Math.max(1, Number(this.field.value) + direction * (event.shiftKey ? 1 : STEP)))
      this.tell({ path: this.edited.id, text: this.field.value })
    } else if (event.key === "Escape" || event.key === "Enter" || event.key === "Tab") {
      event.preventDefault()
      this.leave(event.key, event.shiftKey ? -1 : 1)
    }
  }

  /**
   * @param {string} key
   * @param {1 | -1} step
   */
  leave(key, step) {
    const place = this.edited
    const number = place && this.number(place)
    if (!place || !number) return
    if (key === "Escape") this.field.value = String(number.width)
    if (key !== "Escape" || number.error) this.commit()
    const { flow } = this.view.camera
    const all = flow.inOrder(this.view.places.filter(({ id, kind }) => kind === "node" && this.has(id)))
    const next = key === "Tab" ? all[all.indexOf(place) + step] : undefined
    this.edited = null
    this.box.hidden = true
    if (next) this.open(next)
    else place.element.focus({ preventScroll: true })
  }

  // ---- Dragging

  /** @param {PointerEvent} down */
  press(down) {
    const place = down.target instanceof SVGTextElement ? this.view.placeOf(down.target) : undefined
    const number = place && this.number(place)
    if (down.button || !place || !number || down.target !== [...place.element.querySelectorAll("text")].at(-1)) return
    down.stopPropagation() // the camera stays where it is
    const { canvas } = this.view
    let width = number.width
    let dragged = false
    /** @param {PointerEvent} event */
    const move = (event) => {
      const px = event.clientX - down.clientX
      if (event.pointerId !== down.pointerId || (!dragged && Math.abs(px) < SLACK_PX)) return
      dragged = true
      canvas.setPointerCapture(down.pointerId)
      const scrubbed = Math.max(1, number.width + Math.trunc(px / PX_A_STEP) * (event.shiftKey ? 1 : STEP))
      if (scrubbed === width) return
      width = scrubbed
      this.edited = place
      this.tell({ path: place.id, text: String(width) })
      this.view.hint.say(`${number.original} → ${width}`)
    }
    const end = () => {
      canvas.removeEventListener("pointermove", move)
      if (dragged) addEventListener("click", (event) => event.stopPropagation(), { capture: true, once: true })
      else if (down.isPrimary) setTimeout(() => this.open(place)) // after the click has selected the box
      if (dragged) this.edited = null
    }
    canvas.addEventListener("pointermove", move)
    canvas.addEventListener("pointerup", end, { once: true })
    canvas.addEventListener("pointercancel", () => canvas.removeEventListener("pointermove", move), { once: true })
  }
}
