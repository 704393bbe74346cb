// The elements of view.html.

/**
 * @template {Element} Kind
 * @param {Element} root
 * @param {string} css
 * @param {new () => Kind} kind
 */
export function part(root, css, kind) {
  const element = root.querySelector(css)
  if (!(element instanceof kind)) throw new Error(`view.html has no ${css}`)
  return element
}
