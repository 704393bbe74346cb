// All that Streamlit sends of a component with every run. The component's own files come with its first message, and
// stay when it leaves the page: it may come back, and its script may remember something.

/** @import { Loaded, Run } from "./messages.d.ts" */

/** @param {Omit<Run<object>, "data" | "files"> & { data: BufferSource }} run */
export default function (run) {
  /** @type {Run<object>["data"]} */
  const data = JSON.parse(new TextDecoder().decode(run.data))
  const loaded = (globalThis.inceptionLoaded ??= new Map())
  if ("files" in data && loaded.get(data.key)?.files.script !== data.files.script) {
    const url = URL.createObjectURL(new Blob([data.files.script], { type: "text/javascript" }))
    loaded.set(data.key, { files: data.files, module: import(url) })
  }
  const component = loaded.get(data.key)
  if (component) return show({ ...run, data, files: component.files }, component.module)
  run.setTriggerValue("events", { client: "", events: [], seen: { [data.key]: null } })
}

/**
 * @param {Run<object>} run
 * @param {Loaded["module"]} module
 */
async function show(run, module) {
  ;(await module).default(run)
}
