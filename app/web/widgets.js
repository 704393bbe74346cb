// Before Streamlit's own script: the widgets that the page's head names are loaded at once, not when one is first drawn.
// React would show a grey bar in place of each for the moment until it knows that its script is there, and draw all of
// them a second time, later than everything else. What is seen later, or takes long to load, is loaded ahead of its time.

// @ts-expect-error Streamlit's own file: page_head.py puts its name here
import { r as streamlitsReact } from "./static/js/REACT"

const React = streamlitsReact()
const { lazy } = React
const SOON_MS = 2000
const SOON = ["Multiselect", "Progress"]
/** @type {Record<string, string>} by the widget, what the pointer or the keyboard comes to first */
const WAYS = {
  PlotlyChart: "[href$='/costs'], [href$='/compare'], [href$='/search'], [href$='/train']",
  StreamlitSyntaxHighlighter: "[href$='/compare'], [href$='/own-network'], .st-key-actions",
}

const named = [...document.scripts].map(({ src }) => src.slice(src.lastIndexOf("/") + 1))

/** @param {() => Promise<unknown>} load */
React.lazy = (load) => {
  const component = lazy(load)
  const text = String(load)
  const is = (/** @type {string} */ widget) => text.includes(`/${widget}.`)
  if (named.some((name) => name && text.includes(name))) begin(component)
  else if (SOON.some(is)) setTimeout(() => begin(component), SOON_MS)
  else for (const [widget, css] of Object.entries(WAYS)) if (is(widget)) beginOnTheWay(component, css)
  return component
}

/**
 * @param {Lazy} component
 * @param {string} css
 */
function beginOnTheWay(component, css) {
  const found = new AbortController()
  const look = (/** @type {Event} */ { target }) => {
    if (!(target instanceof Element) || !target.closest(css)) return
    found.abort()
    begin(component)
  }
  for (const type of ["pointerover", "focusin"]) addEventListener(type, look, { signal: found.signal })
}

/** @typedef {{ _init: (payload: unknown) => unknown, _payload: unknown }} Lazy */

/** @param {Lazy} component */
function begin({ _init, _payload }) {
  try {
    _init(_payload)
  } catch {
    // It throws what React waits for.
  }
}
