// What Python sends to the head, and what it sends back.

import type { Handled } from "../shared/messages.d.ts"

export type Act = "undo" | "redo" | "reset"

export interface HeadData {
  title: string // HTML, as are the two cards
  about: string
  changes: string
  count: number // of changes
  can: Act[] // what there is to do
  handled: Handled
}

export interface HeadTold {
  act: Act
}
