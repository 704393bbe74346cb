// What is kept of a tab: small enough to be written at every edit, and told to Python as it is.

/** @import { Learning, MemoryRecord, NetworkLink, Now, RecentNetwork } from "./messages.d.ts" */

const VERSION = 1
const KEY = "inception-explorer"
const LEARNING_KEY = `${KEY}-learning`
const RECENT_KEY = `${KEY}-recent`
const MOST_RECENT = 10
const MOST_LETTERS = 400_000

/**
 * The tab's record; in a new tab the last one of any, unless the address names another network.
 * @param {string} query of the address bar
 * @returns {MemoryRecord | null}
 */
export function saved(query) {
  const own = read(() => sessionStorage)
  if (own) return own
  const last = read(() => localStorage)
  return last && (!query || query === queryOf(last.address)) ? last : null
}

/**
 * @param {() => Storage} storage throws where the person has switched it off
 * @returns {MemoryRecord | null}
 */
function read(storage) {
  try {
    const record = JSON.parse(storage().getItem(KEY) ?? "null")
    return record?.v === VERSION ? record : null
  } catch {
    return null
  }
}

/** @param {MemoryRecord} record */
export function save(record) {
  const text = JSON.stringify(record)
  for (const storage of [() => sessionStorage, () => localStorage]) {
    try {
      storage().setItem(KEY, text)
    } catch {
      // Full, or switched off: the link in the address bar still has the network.
    }
  }
}

/**
 * What was learned in any tab.
 * @returns {Learning | null}
 */
export function savedLearning() {
  try {
    return JSON.parse(localStorage.getItem(LEARNING_KEY) ?? "null")
  } catch {
    return null
  }
}

/**
 * Another tab may know of more.
 * @param {Learning} learning
 */
export function saveLearning({ learned, welcomed }) {
  const before = savedLearning()
  const all = { ...before?.learned, ...learned }
  for (const [lesson, steps] of Object.entries(before?.learned ?? {})) all[lesson] = Math.max(steps, all[lesson] ?? 0)
  try {
    const text = JSON.stringify({ learned: all, welcomed: welcomed || Boolean(before?.welcomed) })
    localStorage.setItem(LEARNING_KEY, text)
  } catch {
    // Full, or switched off.
  }
}

/**
 * The query for the address bar.
 * @param {Now} now
 * @returns {Record<string, string>}
 */
export function addressOf({ network, complete, more }) {
  return { ...(complete ? network : { variant: network.variant }), ...more }
}

/**
 * The address as link_text in links.py writes it.
 * @param {Record<string, string>} address
 */
export function queryOf(address) {
  return `?${new URLSearchParams(address)}`.replace(/%(?:3A|2C|28|29)/g, decodeURIComponent)
}

/** @returns {RecentNetwork[]} edited networks, the newest first */
export function recentNetworks() {
  try {
    const kept = JSON.parse(localStorage.getItem(RECENT_KEY) ?? "[]")
    return Array.isArray(kept) ? kept.slice(0, MOST_RECENT) : []
  } catch {
    return []
  }
}

/** @param {RecentNetwork[]} networks */
export function keepRecent(networks) {
  try {
    localStorage.setItem(RECENT_KEY, JSON.stringify(networks))
  } catch {
    // Full, or switched off.
  }
}

/**
 * The list after an edit: one entry for each network that was edited further and further, not for each step.
 * @param {RecentNetwork[]} recent
 * @param {NetworkLink} network
 * @param {string} before the edits that this tab showed last
 * @param {string} when
 */
export function withRecent(recent, network, before, when) {
  /**
   * @param {RecentNetwork} other
   * @param {string | undefined} edits
   */
  const is = (other, edits) => other.network.variant === network.variant && other.network.edits === edits
  const [head] = recent
  const others = head && is(head, before) ? recent.slice(1) : recent
  return [{ network, when }, ...others.filter((each) => !is(each, network.edits))].slice(0, MOST_RECENT)
}

/**
 * The record after another run.
 * @param {MemoryRecord | null} record
 * @param {Now} now
 * @returns {MemoryRecord}
 */
export function added(record, now) {
  const { network, steps, kept } = now
  const networks = { ...record?.networks, [steps.at]: network }
  const latest = kept.lesson ? (record?.latest ?? {}) : { ...record?.latest, [network.variant]: network }
  const { past, future } = keptSteps(networks, steps)
  for (const number of Object.keys(networks).map(Number)) {
    if (number < steps.at - past || number > steps.at + future) delete networks[number]
  }
  return { v: VERSION, address: addressOf(now), steps: { at: steps.at, past, future }, networks, latest, kept }
}

/**
 * As many steps as are known without a gap, and are not too long together.
 * @param {Record<number, NetworkLink>} networks
 * @param {MemoryRecord["steps"]} steps
 */
function keptSteps(networks, { at, past, future }) {
  let letters = 0
  /** @param {number} number */
  const keeps = (number) => {
    const network = networks[number]
    if (network) letters += network.variant.length + (network.edits?.length ?? 0)
    return Boolean(network) && letters <= MOST_LETTERS
  }
  let before = 0
  while (before < past && keeps(at - before - 1)) before++
  let after = 0
  while (after < future && keeps(at + after + 1)) after++
  return { past: before, future: after }
}
