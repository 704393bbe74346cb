// SVG from text, cleaned: labels are data, so only what can be drawn is let in.

const SVG_NS = "http://www.w3.org/2000/svg"
const PNG = /^data:image\/png;base64,[A-Za-z0-9+/=]*$/ // which loads and runs nothing
const DRAWN = new Set(
  "g path polygon polyline ellipse circle rect line text tspan defs linearGradient radialGradient stop".split(" "),
)

/**
 * Parses the contents of several groups at once.
 * @param {string[]} contents
 * @returns {SVGGElement | null} a group of groups, one for each of `contents`; null if they are not such SVG
 */
export function parseGroups(contents) {
  const groups = contents.map((content) => `<g>${content}</g>`).join("")
  const parsed = new DOMParser().parseFromString(`<g xmlns="${SVG_NS}">${groups}</g>`, "image/svg+xml")
  const root = parsed.documentElement
  if (!(root instanceof SVGGElement) || parsed.querySelector("parsererror")) return null
  clean(root)
  return root.children.length === contents.length ? root : null
}

/** @param {Element} element */
function clean(element) {
  for (const attribute of [...element.attributes]) if (isUnsafe(attribute)) element.removeAttributeNode(attribute)
  for (const child of [...element.children]) {
    const drawn = child.namespaceURI === SVG_NS && (DRAWN.has(child.localName) || isThumbnail(child))
    if (drawn || child.localName === "a") clean(child)
    if (!drawn) child.replaceWith(...(child.localName === "a" ? child.childNodes : [])) // Graphviz wraps shapes in <a>
  }
}

/** @param {Element} element */
function isThumbnail(element) {
  return element.localName === "image" && PNG.test(element.getAttribute("href") ?? "")
}

/** @param {Attr} attribute */
function isUnsafe(attribute) {
  const name = attribute.localName.toLowerCase()
  return name.startsWith("on") || (name === "href" && !PNG.test(attribute.value)) || /\\|url\(\s*["']?[^#"'\s]/i.test(attribute.value)
}
