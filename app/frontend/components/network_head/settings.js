// The controls of the whole network. What is typed is kept until Python has answered, and longer if it was refused.

/** @import { Setting } from "./messages.d.ts" */

/** @typedef {HTMLInputElement | HTMLSelectElement} Control */

export class Settings {
  /**
   * @param {HTMLElement} root
   * @param {(name: string, value: Setting) => void} tell
   */
  constructor(root, tell) {
    /** @type {Map<string, Setting>} what each control shows, as Python or the person said it */
    this.shown = new Map()
    /** @type {Set<Control>} those in which something was typed that was not told yet */
    this.typing = new Set()
    /** @type {Control[]} */
    this.controls = [...root.querySelectorAll("[name]")].filter(
      (node) => node instanceof HTMLInputElement || node instanceof HTMLSelectElement,
    )
    for (const control of this.controls) {
      const commit = () => {
        this.typing.delete(control)
        const value = valueOf(control)
        if (value === this.shown.get(control.name)) return
        this.shown.set(control.name, value)
        tell(control.name, value)
      }
      control.addEventListener("input", () => this.typing.add(control))
      control.addEventListener("change", commit)
      // The browser sees no change where the same is typed, although the network may have become another meanwhile.
      control.addEventListener("keydown", (event) => event instanceof KeyboardEvent && event.key === "Enter" && commit())
    }
  }

  /**
   * @param {Record<string, Setting>} settings
   * @param {string | undefined} refused the one whose value stays although the network has another
   * @param {Set<string | undefined>} pending those that Python has not answered
   */
  update({ activations, ...settings }, refused, pending) {
    for (const control of this.controls) {
      const { name } = control
      if (name === "activation" && !control.childElementCount) offer(control, String(activations).split(" "))
      const value = settings[name] ?? null
      control.closest("label")?.toggleAttribute("hidden", value === null)
      control.setAttribute("aria-invalid", String(name === refused))
      if (pending.has(name) || name === refused || value === null) continue
      this.shown.set(name, value)
      if (!this.typing.has(control)) write(control, value)
    }
  }
}

/**
 * @param {Control} control
 * @param {string[]} values
 */
function offer(control, values) {
  control.append(...values.map((value) => new Option(value)))
}

/**
 * @param {Control} control
 * @returns {Setting}
 */
function valueOf(control) {
  if (control.type === "checkbox") return /** @type {HTMLInputElement} */ (control).checked
  if (control.name === "activation") return control.value
  return control.value ? Number(control.value) : null // a field of numbers has no value where letters are in it
}

/**
 * @param {Control} control
 * @param {Setting} value
 */
function write(control, value) {
  if (control.type === "checkbox") /** @type {HTMLInputElement} */ (control).checked = Boolean(value)
  else control.value = String(value)
}
