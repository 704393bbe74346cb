// Runs received.js, the browser's half of the components' messages, for test_sent.py: a line of JSON in, one out.

/* global console, process */
import { createInterface } from "node:readline"
import { received } from "../../app/frontend/components/shared/received.js"

const element = () => ({ appendChild() {} })
globalThis.document = { createElement: element, createRange: () => ({ createContextualFragment: element }) }

/** A component keeps what it was shown, so nothing may be written into it later. */
function frozen(value) {
  if (value && typeof value === "object" && !Object.isFrozen(value)) Object.values(Object.freeze(value)).forEach(frozen)
  return value
}

let parentElement = element()
let shown = null
let told = []
const setTriggerValue = (_, value) => told.push(value)

for await (const line of createInterface({ input: process.stdin })) {
  const { act, data } = JSON.parse(line)
  told = []
  if (act === "receive") shown = received({ data: frozen(data), files: {}, parentElement, setTriggerValue })
  if (act === "tell") shown?.send({ client: "a", events: [] })
  if (act === "reload") globalThis.inceptionMounts.clear()
  if (act === "reload" || act === "leave") {
    parentElement = element()
    shown = null
  }
  console.log(JSON.stringify({ data: shown && frozen(shown.data), told }))
}
