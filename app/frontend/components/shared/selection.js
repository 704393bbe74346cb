// What is selected is one thing on the page: the component in which a person selects tells the others at once, and
// Python confirms it with its next run.

import { listenTo, tell } from "./signals.js"

const SELECTED = "inception-selected"
const STEP = "inception-step"
const CONFIRM_MS = 3000 // what Python has not confirmed by then, it did not take

/** @param {string} path */
export function tellSelected(path) {
  tell(SELECTED, path)
}

/** @param {number} by stages of the network, back where it is negative */
export function tellStep(by) {
  tell(STEP, by)
}

/**
 * @param {Node} node
 * @param {(by: number) => void} onStep is called as long as `node` is on the page
 */
export function listenToSteps(node, onStep) {
  listenTo(STEP, node, onStep)
}

/** The selected stage: the one that Python said last, or that was selected since then. */
export class SelectedStage {
  /**
   * @param {Node} node
   * @param {() => void} onChange is called as long as `node` is on the page
   */
  constructor(node, onChange) {
    /** @type {{ name: string, time: number } | null} */
    this.told = null
    this.fromPython = ""
    listenTo(SELECTED, node, (/** @type {string} */ path) => {
      this.told = { name: path.split(".")[0], time: Date.now() }
      onChange()
    })
  }

  /** @param {string} name comes with a run, which may have begun before the newest selection */
  confirm(name) {
    this.fromPython = name
    if (this.told && (this.told.name === name || Date.now() - this.told.time > CONFIRM_MS)) this.told = null
  }

  /**
   * What `stages`, an object by name, has for it.
   * @template Value
   * @param {Record<string, Value>} stages
   */
  of(stages) {
    return stages[this.told?.name ?? ""] ?? stages[this.fromPython]
  }
}
