// The drawing: Graphviz's SVG, cleaned and read into items. Knows nothing of pointers, zoom or Streamlit.
// A component takes one string of script, so __init__.py joins this, the camera, the map, the tip and the view to one.

const SVG_NS = "http://www.w3.org/2000/svg"
const DRAWN = new Set(
  ("svg g path polygon polyline ellipse circle rect line text tspan title " +
    "defs linearGradient radialGradient stop").split(" "),
)

// ---- Cleaning: labels are data, so only what can be drawn is let in ----

function isUnsafe(attribute) {
  const name = attribute.localName.toLowerCase()
  return name.startsWith("on") || name === "href" || /\\|url\(\s*["']?[^#"'\s]/i.test(attribute.value)
}

function clean(element) {
  for (const attribute of [...element.attributes]) if (isUnsafe(attribute)) element.removeAttributeNode(attribute)
  for (const child of [...element.children]) {
    const drawn = child.namespaceURI === SVG_NS && DRAWN.has(child.localName)
    if (drawn || child.localName === "a") clean(child)
    if (!drawn) child.replaceWith(...(child.localName === "a" ? child.childNodes : [])) // Graphviz wraps shapes in <a>
  }
}

// ---- Reading: null if it is no drawing. A place is a node or a cluster ----

function readDrawing(text) {
  const svg = parseSvg(text)
  const [, , width, height] = (svg?.getAttribute("viewBox") ?? "").split(/[\s,]+/).map(Number)
  if (!(width > 0 && height > 0)) return null
  svg.querySelector("g.graph > polygon")?.remove() // the paper; the theme has its own
  svg.setAttribute("width", width)
  svg.setAttribute("height", height)
  const items = readItems(svg)
  const edges = items.filter((item) => item.kind === "edge")
  const places = items.filter((item) => item.kind !== "edge")
  widen(svg, edges)
  return { svg, width, height, items, edges, places, pieces: piecesOf(text) }
}

/** A line is too thin to point at: unseen wide ones lie over the clusters and under the nodes. */
function widen(svg, edges) {
  const lines = edges.map((edge) => edge.element.querySelector("path")?.cloneNode() ?? svgElement("path", {}))
  lines.forEach((line, index) => line.setAttribute("data-edge", index))
  const layer = svgElement("g", { class: "wide" })
  layer.append(...lines)
  svg.querySelector("g.node")?.before(layer)
}

function svgElement(name, attributes) {
  const element = document.createElementNS(SVG_NS, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  return element
}

function parseSvg(text) {
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml")
  const svg = parsed.documentElement
  if (svg.namespaceURI !== SVG_NS || svg.localName !== "svg" || parsed.querySelector("parsererror")) return null
  clean(svg)
  return svg
}

function readItems(svg) {
  const items = [...svg.querySelectorAll("g.node[id], g.cluster[id], g.edge[id]")].map(readItem)
  for (const title of svg.querySelectorAll("title")) title.remove() // else the browser shows its own slow tooltip
  return items
}

function readItem(element) {
  const kind = ["node", "cluster", "edge"].find((name) => element.classList.contains(name))
  const [from, to] = kind === "edge" ? element.id.split("->") : []
  const tip = element.querySelector("title")?.textContent.trim() ?? ""
  const text = [...element.querySelectorAll("text")].map((line) => line.textContent).join("\n")
  const item = { id: element.id, kind, element, from, to, tip, text }
  if (kind !== "edge") describe(item)
  return item
}

function describe({ element, tip, text }) {
  element.setAttribute("role", "button")
  element.setAttribute("tabindex", "-1")
  element.setAttribute("aria-label", (tip || text).replaceAll("\n", ", "))
}

// ---- Patching: an edit changes few nodes of many, so only their pieces of the text are parsed again ----

/** What stands before the first item, then one piece an item. */
function piecesOf(text) {
  return text.replace(/<\/g>\s*<\/svg>\s*$/, "").split(/(?=<g\s[^<]*?class="(?:node|edge|cluster)[ "])/)
}

/** Brings `standing` up to the SVG `text`. Returns the changed items, or null if that takes more than a patch. */
function patchDrawing(standing, text) {
  const pieces = piecesOf(text)
  const { items } = standing
  if (pieces.length !== items.length + 1 || pieces[0] !== standing.pieces[0]) return null
  const changed = items.filter((_, index) => pieces[index + 1] !== standing.pieces[index + 1])
  const parts = pieces.filter((piece, index) => piece !== standing.pieces[index])
  const svg = parseSvg(`<svg xmlns="${SVG_NS}" xmlns:xlink="http://www.w3.org/1999/xlink">${parts.join("")}</svg>`)
  const fresh = svg ? readItems(svg) : []
  if (fresh.length !== changed.length || fresh.some(({ id }, index) => id !== changed[index].id)) return null
  changed.forEach((item, index) => {
    const { element, tip, text } = fresh[index]
    item.edited = text !== item.text
    item.element.replaceChildren(...element.childNodes)
    for (const name of ["class", "aria-label"]) {
      if (element.hasAttribute(name)) item.element.setAttribute(name, element.getAttribute(name))
    }
    Object.assign(item, { tip, text })
  })
  standing.pieces = pieces
  return changed
}

// ---- Paths: what a selection means in a drawing that shows more or less than it names ----

function ancestors(path) {
  const parts = path.split(".")
  return parts.map((_, index) => parts.slice(0, parts.length - index).join(".")) // the path itself first
}

/** The place with exactly this id, else those beneath it, else the nearest one above it. */
function placesAt(places, path) {
  if (!path) return []
  const exact = places.filter((item) => item.id === path)
  if (exact.length) return exact
  const beneath = places.filter((item) => item.id.startsWith(`${path}.`))
  if (beneath.length) return beneath
  const above = ancestors(path).find((id) => places.some((item) => item.id === id))
  return places.filter((item) => item.id === above)
}

/** The innermost cluster that the path names or lies in. */
function clusterAround(places, path) {
  const clusters = places.filter((item) => item.kind === "cluster")
  return ancestors(path).map((id) => clusters.find((item) => item.id === id)).find(Boolean)
}
