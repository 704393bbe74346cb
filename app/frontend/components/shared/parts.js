// The elements of a component's own HTML.

/**
 * @template {Element} Kind
 * @param {Element} root
 * @param {string} css
 * @param {new () => Kind} kind
 */
export function part(root, css, kind) {
  const element = root.querySelector(css)
  if (!(element instanceof kind)) throw new Error(`The component has no ${css}`)
  return element
}
