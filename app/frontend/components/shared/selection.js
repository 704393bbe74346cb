// Shared by the components. What is selected is one thing on the page: the component in which a person selects tells
// the others at once, and Python confirms it with its next run.

const SELECTED = "inception-selected"
const CONFIRM_MS = 3000 // what Python has not confirmed by then, it did not take

export function tellSelected(path) {
  window.dispatchEvent(new CustomEvent(SELECTED, { detail: path }))
}

/** The selected stage: the one that Python said last, or that was selected since then. */
export class SelectedStage {
  /** `onChange` is called as long as `node` stands on the page. */
  constructor(node, onChange) {
    const listen = ({ detail }) => {
      if (!node.isConnected) return window.removeEventListener(SELECTED, listen)
      this.told = { name: detail.split(".")[0], time: Date.now() }
      onChange()
    }
    window.addEventListener(SELECTED, listen)
  }

  /** `name` comes with a run, which may have begun before the newest selection. */
  confirm(name) {
    this.fromPython = name
    if (this.told?.name === name || Date.now() - this.told?.time > CONFIRM_MS) this.told = null
  }

  /** What `stages`, an object by name, has for it. */
  of(stages) {
    return stages[this.told?.name] ?? stages[this.fromPython]
  }
}
