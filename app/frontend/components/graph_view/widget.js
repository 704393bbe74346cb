// The same view in a notebook: anywidget calls render() with the values of DiagramWidget in widget.py.

import { dress } from "../shared/received.js"
import { GraphView } from "./graph_view.js"

/** @import { Message } from "../shared/messages.d.ts" */
/** @import { GraphViewTold, NotebookModel } from "./messages.d.ts" */

export default function () {
  return { render }
}

/** @param {{ model: NotebookModel, el: HTMLElement }} place */
function render({ model, el }) {
  const shadow = el.attachShadow({ mode: "open" })
  dress(shadow, model.get("files"))
  const view = new GraphView(/** @type {HTMLElement} */ (shadow.querySelector(".view")))
  /** @param {Message<GraphViewTold>} told */
  const send = (told) => {
    model.set("told", told)
    model.save_changes()
  }
  const update = () => view.update(model.get("shown"), send)
  model.on("change:shown", update)
  update()
}
