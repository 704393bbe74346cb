// All that Streamlit sends of a component with every run. The component's own script comes with its first message.

/** @import { Loaded, Run } from "./messages.d.ts" */

/** @param {Omit<Run<object>, "data"> & { data: BufferSource, parentElement: { component?: Promise<Loaded> } }} run */
export default function (run) {
  const { parentElement, setTriggerValue } = run
  /** @type {Run<object>["data"]} */
  const data = JSON.parse(new TextDecoder().decode(run.data))
  if ("files" in data) parentElement.component ??= loaded(data.files.script)
  if (parentElement.component) return parentElement.component.then((component) => component.default({ ...run, data }))
  setTriggerValue("events", { client: "", events: [], seen: { [data.key]: null } })
}

/**
 * One module for every place that it is shown at, one after another: it may remember something.
 * @param {string} script
 */
function loaded(script) {
  const modules = (globalThis.inceptionModules ??= new Map())
  const url = () => URL.createObjectURL(new Blob([script], { type: "text/javascript" }))
  if (!modules.has(script)) modules.set(script, import(url()))
  return modules.get(script)
}
