// Before Streamlit's own script: the widgets that the page's head names are loaded at once, not when one is first drawn.
// React would show a grey bar in place of each for the moment until it knows that its script is there, and draw all of
// them a second time, later than everything else.

// @ts-expect-error Streamlit's own file: page_head.py puts its name here
import { r as streamlitsReact } from "./static/js/REACT"

const React = streamlitsReact()
const { lazy } = React
const named = [...document.scripts].map(({ src }) => src.slice(src.lastIndexOf("/") + 1))

/** @param {() => Promise<unknown>} load */
React.lazy = (load) => {
  const component = lazy(load)
  const text = String(load)
  if (named.some((name) => name && text.includes(name))) begin(component)
  return component
}

/** @param {{ _init: (payload: unknown) => unknown, _payload: unknown }} component */
function begin({ _init, _payload }) {
  try {
    _init(_payload)
  } catch {
    // It throws what React waits for.
  }
}
