// The component: one view for each place on the page, which every run brings up to date.

import { received } from "../shared/received.js"
import { GraphView } from "./graph_view.js"

/** @import { Run } from "../shared/messages.d.ts" */
/** @import { GraphViewData, GraphViewTold } from "./messages.d.ts" */

/** @param {Run<GraphViewData, GraphViewTold>} run */
export default function (run) {
  const shown = received(run)
  /** @type {(HTMLElement & { graph?: GraphView }) | null} */
  const root = run.parentElement.querySelector(".view")
  if (!shown || !root) return
  root.graph ??= new GraphView(root)
  root.graph.update(shown.data, shown.send)
}
