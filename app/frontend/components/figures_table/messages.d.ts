// What Python sends to the table, and what it sends back.

import type { Handled } from "../shared/messages.d.ts"

export interface FigureColumn {
  label: string
  kind: "figure" | "extra" | "small" | "words"
  help: string
}

export type FigureCell = [text: string, value: number | null] // the second is what it is sorted by

export type FigureRow = [id: string, name: string, about: string, cells: FigureCell[]]

export interface FiguresData {
  name: string // the heading of the rows' names
  columns: FigureColumn[]
  rows: FigureRow[]
  selected: string | null
  selectable: boolean
  handled: Handled
}

export type FiguresTold = { select: string }
