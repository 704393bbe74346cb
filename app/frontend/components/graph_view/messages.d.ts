// What Python sends to the diagram, and what the diagram sends back.

import type { Files, Handled, Message } from "../shared/messages.d.ts"

export interface GraphViewData {
  network: string // each has a camera of its own
  drawing: Drawing
  legend: [colour: string, label: string][] | HeatScale
  selected: string | null // a path
  expandable: boolean
  numbers: Record<string, BoxNumber> // by the paths of boxes
  walk: [before: string, after: string] | null // null: the whole network is drawn
  outdated: boolean // its thumbnails are those of before an edit
  height: string // CSS
  handled: Handled
}

/** See Drawing in app/backend/diagram/svg.py. */
export interface Drawing {
  topology: string // drawings of one topology have the same items in the same places
  width: number
  height: number
  shift: [right: number, down: number] // of all coordinates
  items: DrawnItem[] // in the order to paint them
}

/** See DrawnItem in app/backend/diagram/svg.py. */
export interface DrawnItem {
  id: string // a path, or tail->head of an edge
  kind: "node" | "cluster" | "edge"
  classes: string
  svg: string // what is in its group
  tip: string
}

export interface HeatScale {
  colours: string[] // from low to high
  low: string
  high: string
}

/** See __init__.py. */
export interface BoxNumber {
  width: number
  original: number
  error: string | null
  typed: string | null
}

/**
 * The path of what a person selected, wants to have expanded (a node) or folded (a cluster), or whose thumbnail they
 * clicked; or what they typed.
 */
export type GraphViewTold = { select: string } | { expand: string } | { map: string } | { typed: Record<string, string> }

/** The values of DiagramWidget in widget.py, as anywidget gives them to the browser. */
export interface NotebookModel {
  get(name: "files"): Omit<Files, "draw">
  get(name: "shown"): GraphViewData
  set(name: "told", value: Message<GraphViewTold>): void
  save_changes(): void
  on(event: "change:shown", listen: () => void): void
}
