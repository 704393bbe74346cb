// What is selected is one thing on the page: the component in which a person selects tells the others at once, and
// Python confirms it with its next run.

const SELECTED = "inception-selected"
const STEP = "inception-step"
const CONFIRM_MS = 3000 // what Python has not confirmed by then, it did not take

/** @param {string} path */
export function tellSelected(path) {
  window.dispatchEvent(new CustomEvent(SELECTED, { detail: path }))
}

/** @param {number} by stages of the network, back where it is negative */
export function tellStep(by) {
  window.dispatchEvent(new CustomEvent(STEP, { detail: by }))
}

/**
 * @param {Node} node
 * @param {(by: number) => void} onStep is called as long as `node` is on the page
 */
export function listenToSteps(node, onStep) {
  /** @param {Event} event */
  const listen = (event) => {
    if (!node.isConnected) return window.removeEventListener(STEP, listen)
    onStep(/** @type {CustomEvent<number>} */ (event).detail)
  }
  window.addEventListener(STEP, listen)
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
    /** @param {Event} event */
    const listen = (event) => {
      if (!node.isConnected) return window.removeEventListener(SELECTED, listen)
      const { detail } = /** @type {CustomEvent<string>} */ (event)
      this.told = { name: detail.split(".")[0], time: Date.now() }
      onChange()
    }
    window.addEventListener(SELECTED, listen)
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
