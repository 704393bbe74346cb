// The button that puts a published number back.

function resetButton(props, ...children) {
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  icon.setAttribute("viewBox", "0 0 16 16")
  const arrow = document.createElementNS("http://www.w3.org/2000/svg", "path")
  arrow.setAttribute("d", "M3 2.5v4h4M3.4 6.2a5.2 5.2 0 1 1-.5 3.6")
  icon.append(arrow)
  return el("button", { type: "button", className: "reset", hidden: true, ...props }, icon, ...children)
}

function setText(node, text) {
  if (node.textContent === text) return false
  node.textContent = text
  return true
}

function setAttribute(node, name, value) {
  if (!value) node.removeAttribute(name)
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value)
}

function replaceValue(input, text) {
  if (input.value === text) return
  const focused = input.matches(":focus")
  const { selectionStart: start, selectionEnd: end, value } = input
  input.value = text
  if (!focused) return
  if (start === 0 && end === value.length) input.select()
  else input.setSelectionRange(start, end)
}

const calm = matchMedia("(prefers-reduced-motion: reduce)")

function flash(node) {
  const fade = { backgroundColor: ["var(--flash)", "transparent"] }
  if (!calm.matches) node.animate(fade, { duration: 900, easing: "ease-out" })
}

// One tooltip for headers, exact values and errors. The same words reach a screen reader as descriptions.
class Tip {
  constructor() {
    this.node = el("div", { className: "tip", popover: "manual", ariaHidden: "true" })
  }

  show(anchor, text, kind = "") {
    this.anchor = anchor
    this.node.textContent = text
    this.node.className = `tip ${kind}`
    this.node.showPopover()
    const at = anchor.getBoundingClientRect()
    const { width, height } = this.node.getBoundingClientRect()
    const left = Math.min(Math.max(8, at.left + at.width / 2 - width / 2), innerWidth - width - 8)
    const above = at.top - height - 6
    this.node.style.translate = `${left}px ${above > 8 ? above : at.bottom + 6}px`
  }

  hide() {
    this.anchor = null
    this.node.hidePopover()
  }
}
