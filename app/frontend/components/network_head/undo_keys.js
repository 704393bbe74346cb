// Ctrl+Z and Ctrl+Y, on a Mac with Cmd, wherever the focus is. A text that is being typed has an undo of its own.

import { part } from "../shared/parts.js"

const KINDS = ["input", "change", "focusin", "keydown"]

/** @param {HTMLElement} root has the buttons */
export function listenToUndo(root) {
  let before = ""
  let typing = false
  /** @param {Event} event */
  const listen = (event) => {
    if (!root.isConnected) {
      for (const kind of KINDS) document.removeEventListener(kind, listen)
    } else if (!(event instanceof KeyboardEvent)) {
      const text = textIn(event)
      if (event.type !== "input") before = text
      typing = text !== before
    } else if (!typing && !document.querySelector(".stDialog")) {
      const act = actOf(event)
      if (!act) return
      part(root, `[data-act=${act}]`, HTMLButtonElement).click()
      event.preventDefault()
    }
  }
  for (const kind of KINDS) document.addEventListener(kind, listen)
}

/** @param {Event} event */
function textIn(event) {
  const [field] = event.composedPath()
  const typed = field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.type !== "range")
  return typed ? field.value : ""
}

/** @param {KeyboardEvent} event */
function actOf({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  if (altKey || !(ctrlKey || metaKey)) return ""
  const letter = key.toLowerCase()
  if (letter === "z") return shiftKey ? "redo" : "undo"
  return letter === "y" && ctrlKey ? "redo" : ""
}
