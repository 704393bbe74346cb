// The editable table, as Streamlit calls it.

import { WidthTables } from "./keys.js"

/** @import { Run } from "../shared/messages.d.ts" */
/** @import { TableData, TableTold } from "./messages.d.ts" */

/** @param {Run<TableData, TableTold> & { parentElement: { widthTables?: WidthTables } }} run */
export default function ({ data, parentElement, setTriggerValue }) {
  const view = (parentElement.widthTables ??= new WidthTables(parentElement))
  view.update(data, (message) => setTriggerValue("events", message))
}
