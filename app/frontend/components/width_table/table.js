// The editable table, as Streamlit calls it.

import { received } from "../shared/received.js"
import { WidthTables } from "./keys.js"

/** @import { Run } from "../shared/messages.d.ts" */
/** @import { TableData, TableTold } from "./messages.d.ts" */

/** @param {Run<TableData, TableTold> & { parentElement: { widthTables?: WidthTables } }} run */
export default function (run) {
  const shown = received(run)
  if (!shown) return
  const view = (run.parentElement.widthTables ??= new WidthTables(run.parentElement))
  view.update(shown.data, shown.send)
}
