// How the components on the page tell one another something at once, without Python.

/**
 * @param {string} name
 * @param {unknown} detail
 */
export function tell(name, detail) {
  window.dispatchEvent(new CustomEvent(name, { detail }))
}

/**
 * @template Detail
 * @param {string} name
 * @param {Node} node
 * @param {(detail: Detail) => void} onTold is called as long as `node` is on the page
 */
export function listenTo(name, node, onTold) {
  /** @param {Event} event */
  const listen = (event) => {
    if (!node.isConnected) return window.removeEventListener(name, listen)
    onTold(/** @type {CustomEvent<Detail>} */ (event).detail)
  }
  window.addEventListener(name, listen)
}
