// SVG elements: made by us, or parsed from text and cleaned. Labels are data, so only what can be drawn is let in.

const SVG_NS = "http://www.w3.org/2000/svg"
const DRAWN = new Set(
  "g path polygon polyline ellipse circle rect line text tspan defs linearGradient radialGradient stop".split(" "),
)

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number>} attributes
 */
export function svgElement(tag, attributes) {
  const element = document.createElementNS(SVG_NS, tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
  return element
}

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
    const drawn = child.namespaceURI === SVG_NS && DRAWN.has(child.localName)
    if (drawn || child.localName === "a") clean(child)
    if (!drawn) child.replaceWith(...(child.localName === "a" ? child.childNodes : [])) // Graphviz wraps shapes in <a>
  }
}

/** @param {Attr} attribute */
function isUnsafe(attribute) {
  const name = attribute.localName.toLowerCase()
  return name.startsWith("on") || name === "href" || /\\|url\(\s*["']?[^#"'\s]/i.test(attribute.value)
}
