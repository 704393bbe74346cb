// Where the focus goes when what had it is taken away or disabled: to the same control where it was drawn anew, to what
// opened the dialog, else to what was beside it, first in the same part of the page. Then Tab goes on from there, and
// not from the top of the page. While a dialog is open it stays in there, and Escape closes it even before the focus is
// back. The skip link is there only where the page has widths to skip to.

const STOPS = "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])"
const NEIGHBOURS = 20
const PATIENCE_MS = 300 // for a control that is drawn anew
const DIALOG = ".stDialog [role=dialog]"
const FRAME = ".stAppHeader, .st-key-actions, .st-key-above" // what all pages have in common

/** @typedef {HTMLElement | SVGElement} Stop a box of the diagram is SVG */

/** @type {{ element: Stop, name: string, beside: HTMLElement[], around: EventTarget[] } | null} */
let last = null
/** @type {Stop | null} that had the focus last outside of dialogs and popovers */
let outside = null
let lost = false
let timer = 0

/** Once for the page. */
export function keepFocus() {
  document.addEventListener("focusin", (event) => {
    const [element, ...around] = event.composedPath()
    if (!(element instanceof HTMLElement || element instanceof SVGElement)) return
    last = { element, name: nameOf(element), beside: neighboursOf(element), around }
    lost = false
    const page = around.some((node) => node instanceof HTMLElement && node.matches(".stApp"))
    if (page && !element.closest("[role=dialog]")) outside = element
  })
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || document.activeElement !== document.body) return
    const close = document.querySelector(`${DIALOG} [aria-label=Close]`) // it hears keys only where the focus is in it
    if (close instanceof HTMLElement) close.click()
  })
  new MutationObserver(() => requestAnimationFrame(look)).observe(document.body, {
    attributeFilter: ["disabled"], childList: true, subtree: true,
  })
  look() // at what was drawn before
  yieldTips()
}

/** Streamlit's tip of what has the focus goes when the mouse is used again: it may cover what is to be clicked. */
function yieldTips() {
  const root = document.documentElement
  let keyed = false
  const key = () => {
    keyed = true
    root.removeAttribute("data-pointing")
  }
  document.addEventListener("keydown", key, true) // dialogs keep Escape to themselves
  document.addEventListener("pointermove", ({ target }) => {
    if (!keyed) return
    keyed = !(target instanceof Element && target.closest("[data-testid=stTooltipHoverTarget]")) // it has a tip of its own
    root.toggleAttribute("data-pointing", keyed)
  })
}

/** @param {Stop} element */
function neighboursOf(element) {
  const framed = element.closest(FRAME)
  const stops = allStops().filter((stop) => framed || !stop.closest(FRAME)) // not from the page to the goal's button
  const at = stops.findIndex((stop) => stop === element)
  if (at < 0) return []
  return Array.from({ length: NEIGHBOURS }, (_, i) => [stops[at - 1 - i], stops[at + 1 + i]]).flat().filter(Boolean)
}

const isNowhere = () => document.activeElement === document.body

function look() {
  const skip = document.querySelector("a.skip")
  if (skip instanceof HTMLElement) skip.hidden = !document.querySelector(".st-key-sliders")
  if (!last || !isNowhere()) return
  const { element, name } = last
  if (usable(element) && !lost) return // a person took it away
  lost = true
  const isTwin = (/** @type {HTMLElement} */ stop) => usable(stop) && nameOf(stop) === name
  const twin = usable(element) ? element : name && allStops().find(isTwin)
  if (twin) twin.focus({ preventScroll: true })
  else timer ||= setTimeout(goBeside, PATIENCE_MS)
}

function goBeside() {
  timer = 0
  if (!last || !lost || !isNowhere()) return
  const { around } = last
  /** @param {HTMLElement} stop */
  const distance = (stop) => around.findIndex((part) => part instanceof Node && part.contains(stop))
  const beside = last.beside.filter(usable).sort((a, b) => distance(a) - distance(b))
  const dialog = /** @type {HTMLElement | null} */ (document.querySelector(DIALOG))
  const places = dialog ? [...beside.filter((stop) => dialog.contains(stop)), dialog] : [outside, ...beside]
  places.find((stop) => stop && usable(stop))?.focus({ preventScroll: true })
}

/** @param {Stop} element */
const usable = (element) => element.isConnected && !element.matches(":disabled") && element.checkVisibility({ visibilityProperty: true })

/** @param {Stop} element */
function nameOf(element) {
  const name = element.ariaLabel ?? element.textContent ?? ""
  return name && `${element.tagName} ${element.role ?? ""} ${name}`
}

/** @returns {HTMLElement[]} */
const allStops = () => [...document.querySelectorAll(STOPS)].filter((stop) => stop instanceof HTMLElement)
