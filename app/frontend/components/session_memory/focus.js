// Where the focus goes when what had it is taken away or disabled: to the same control where it was drawn anew, to what
// opened the dialog, else to what was beside it. Then Tab goes on from there, and not from the top of the page.

const STOPS = "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])"
const NEIGHBOURS = 20

/** @type {{ element: HTMLElement, name: string, beside: HTMLElement[], opener: HTMLElement | null } | null} */
let last = null

/** Once for the page. */
export function keepFocus() {
  document.addEventListener("focusin", ({ target }) => {
    if (target instanceof HTMLElement && target !== document.body) last = noted(target)
  })
  new MutationObserver(() => requestAnimationFrame(restore)).observe(document.body, {
    attributeFilter: ["disabled"], childList: true, subtree: true,
  })
}

/** @param {HTMLElement} element */
function noted(element) {
  const stops = allStops()
  const at = stops.indexOf(element)
  const beside = Array.from({ length: NEIGHBOURS }, (_, i) => [stops[at - 1 - i], stops[at + 1 + i]]).flat()
  const inside = Boolean(element.closest("[role=dialog]"))
  const opener = !inside ? null : last?.element.closest("[role=dialog]") ? last.opener : (last?.element ?? null)
  return { element, name: nameOf(element), beside: at < 0 ? [] : beside.filter(Boolean), opener }
}

function restore() {
  if (!last || document.activeElement !== document.body || usable(last.element)) return
  const { name, opener, beside } = last
  const twin = name && allStops().find((stop) => usable(stop) && nameOf(stop) === name)
  const next = twin || [opener, ...beside].find((stop) => stop && usable(stop))
  next?.focus({ preventScroll: true })
}

/** @param {HTMLElement} element */
const usable = (element) => element.isConnected && !element.matches(":disabled") && element.checkVisibility()

/** @param {HTMLElement} element */
function nameOf(element) {
  const name = element.ariaLabel ?? element.textContent ?? ""
  return name && `${element.tagName} ${element.role ?? ""} ${name}`
}

/** @returns {HTMLElement[]} */
const allStops = () => [...document.querySelectorAll(STOPS)].filter((stop) => stop instanceof HTMLElement)
