// What Python sends to the table, and what it sends back. __init__.py says what each field means.

import type { Handled } from "../shared/messages.d.ts"

export interface TableData {
  table: Table
  selected: string | null
  height: number | null // px
  handled: Handled
}

export interface Table {
  title: string
  groups: RowGroup[]
  computed: Column[]
}

export interface RowGroup {
  title: string
  columns: Column[]
  rows: Row[]
}

export interface Column {
  key: string
  label: string
  hint: string
  color: string | null
  reduction: boolean
  group: string | null
  noun: string
}

export interface Row {
  path: string
  label: string
  cells: Record<string, WidthCell | TextCell> // by the key of a column
  kind: "stage" | "stem" | "head" | "pool"
}

export interface WidthCell {
  path: string
  width: number
  original: number | null
  low: number
  high: number
  error: string | null
  typed: string | null
}

export interface TextCell {
  text: string
  exact: string | null
  share: number | null
  delta: string | null
  better: boolean | null
}

/** One of: texts as typed, by path; paths to put back; the path of a row. */
export interface TableTold {
  typed?: Record<string, string>
  reset?: string[]
  select?: string
}
