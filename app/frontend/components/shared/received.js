// The browser's half of sent.py, which says why: puts together what a component has to show.

/** @import { Changes, Files, Message, Mount, Received, Run, Seen, Sent } from "./messages.d.ts" */

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
    dress(parentElement, files)
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
