// All that Streamlit sends of a component with every run. Where the component's own files are comes with its first
// message. They stay when it leaves the page: it may come back, and its script may remember something.

/** @import { Run, Source } from "./messages.d.ts" */

/** @param {Omit<Run<object>, "data" | "files"> & { data: BufferSource }} run */
export default function (run) {
  /** @type {Run<object>["data"]} */
  const data = JSON.parse(new TextDecoder().decode(run.data))
  const sources = (globalThis.inceptionSources ??= new Map())
  if ("source" in data) sources.set(data.key, data.source)
  const source = sources.get(data.key)
  if (!source) return run.setTriggerValue("events", { client: "", events: [], seen: { [data.key]: null } })
  const files = globalThis.inceptionComponents?.[source.address]?.[source.name]
  if (files) return files.draw({ ...run, data, files }) // at once: what waits for a promise waits for a frame
  return load(source).then((loaded) => loaded.draw({ ...run, data, files: loaded }))
}

/** @param {Source} source */
async function load({ address, name, script }) {
  const url = script && URL.createObjectURL(new Blob([script], { type: "text/javascript" }))
  await import(url ?? new URL(address, document.baseURI).href)
  const files = globalThis.inceptionComponents?.[address][name]
  if (!files) throw new Error(`${address} has no ${name}`)
  return files
}
