// The browser's half of sent.py, which says why: puts together what a component has to show.

/** @import { Changes, Files, Message, Mount, Received, Run, Seen, Sent } from "./messages.d.ts" */

const FIRST_LOOK = "first look" // the series of what first_look.js has drawn

/**
 * What the component shows, and its way to Python. Null if Python's message cannot be applied to what is here; then
 * the whole is on its way.
 * @template {object} Data
 * @template Told
 * @param {Run<Data, Told>} run
 * @returns {Received<Data, Told> | null}
 */
export function received({ data: message, files, parentElement, setTriggerValue }) {
  const mounts = (globalThis.inceptionMounts ??= new Map())
  const mount = /** @type {Mount<Data, Told>} */ (mounts.get(message.key) ?? { series: "", version: 0 })
  mounts.set(message.key, mount)
  if (mount.parentElement !== parentElement) {
    if (mount.series === FIRST_LOOK) takeOver(mount.parentElement, parentElement)
    else dress(parentElement, files)
    Object.assign(mount, { parentElement, told: undefined })
  }
  const data = (mount.data = newest(mount, message))
  /** @param {Message<Told>} told */
  const send = (told) => setTriggerValue("events", { ...told, seen: seen() })
  if (!data) {
    setTriggerValue("events", { client: "", events: [], ...mount.told, seen: { ...seen(), [message.key]: null } })
    return null
  }
  if (message.series !== mount.series) Object.assign(mount, { series: message.series, version: 0 })
  mount.version = Math.max(mount.version, message.version)
  return { data, send: (told) => atOnce(() => send((mount.told = told))) }
}

/**
 * Streamlit sends what it is told from a timer, and Chromium lets a timer wait for the frame that shows what a key or
 * click did. Here it is sent as soon as the event has been handled.
 * @param {() => void} tell
 */
function atOnce(tell) {
  const timer = globalThis.setTimeout
  const soon = (/** @type {() => void} */ act, /** @type {number} */ ms) => (ms ? timer(act, ms) : queueMicrotask(act))
  globalThis.setTimeout = /** @type {typeof setTimeout} */ (/** @type {unknown} */ (soon))
  try {
    tell()
  } finally {
    globalThis.setTimeout = timer
  }
}

/**
 * The newer of what is here and what `message` makes of it; undefined if it is not for what is here.
 * @template {object} Data
 * @param {Mount<Data, unknown>} mount
 * @param {Sent<Data>} message
 */
function newest({ data, series, version }, message) {
  const same = data && message.series === series
  if (same && message.version <= version) return data
  if ("whole" in message) return message.whole
  return same && message.since <= version ? changed(data, message.changes) : undefined
}

/**
 * The version that each component has, also one that is not on the page at the moment: it may come back.
 * @returns {Seen}
 */
function seen() {
  const mounts = [...(globalThis.inceptionMounts ?? [])].filter(([, { data }]) => data)
  return Object.fromEntries(mounts.map(([key, { series, version }]) => [key, [series, version]]))
}

/**
 * Moves what was drawn before Streamlit came to where it is to be, as it is: what a person has done there is not lost.
 * @param {Node | undefined} from
 * @param {Node} to
 */
function takeOver(from, to) {
  if (!(from instanceof ShadowRoot)) return
  const focused = from.activeElement
  const scrolled = [...from.querySelectorAll("*")].filter(({ scrollLeft, scrollTop }) => scrollLeft || scrollTop)
  const places = scrolled.map(({ scrollLeft: left, scrollTop: top }) => ({ left, top }))
  while (from.firstChild) to.appendChild(from.firstChild)
  if (scrolled.length) requestAnimationFrame(() => scrolled.forEach((element, i) => element.scrollTo(places[i])))
  if (focused instanceof HTMLElement || focused instanceof SVGElement) focused.focus({ preventScroll: true })
  from.host.remove()
}

/**
 * Puts the component's style and markup there.
 * @param {Node} parent
 * @param {Omit<Files, "draw">} files
 */
export function dress(parent, { style, markup }) {
  const sheet = document.createElement("style")
  sheet.textContent = style
  parent.appendChild(sheet)
  parent.appendChild(document.createRange().createContextualFragment(markup))
}

/**
 * `data` with other values at some paths. What is not on a path stays the same object, and nothing is written into.
 * @template {object} Data
 * @param {Data} data
 * @param {Changes["changes"]} changes
 * @returns {Data}
 */
function changed(data, changes) {
  /** @type {Set<unknown>} */
  const ours = new Set()
  /** @param {unknown} value */
  const own = (value) => {
    if (ours.has(value)) return value
    const copy = Array.isArray(value) ? [...value] : { .../** @type {object} */ (value) }
    ours.add(copy)
    return copy
  }
  const root = { data }
  ours.add(root)
  /** @type {(string | number)[]} */
  let path = []
  for (const [shared, ...change] of changes) {
    const value = change.pop()
    path = [...path.slice(0, shared), .../** @type {(string | number)[]} */ (change)]
    /** @type {Record<string | number, unknown>} */
    let at = root
    /** @type {string | number} */
    let last = "data"
    for (const step of path) {
      at = /** @type {Record<string | number, unknown>} */ (at[last] = own(at[last]))
      last = step
    }
    at[last] = value
  }
  return root.data
}
