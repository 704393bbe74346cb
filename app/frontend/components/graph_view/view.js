// The component: one view for each place on the page, which every run brings up to date.

import { GraphView } from "./graph_view.js"

/** @import { Run } from "../shared/messages.d.ts" */
/** @import { GraphViewData, GraphViewTold } from "./messages.d.ts" */

/** @param {Run<GraphViewData, GraphViewTold>} run */
export default function ({ data, parentElement, setTriggerValue }) {
  /** @type {(HTMLElement & { graph?: GraphView }) | null} */
  const root = parentElement.querySelector(".view")
  if (!root) return
  root.graph ??= new GraphView(root)
  root.graph.update(data, (message) => setTriggerValue("events", message))
}
