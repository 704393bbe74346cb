// What Python sends to the bar, and what it sends back. See __init__.py.

import type { Handled } from "../shared/messages.d.ts"

export type Act = "undo" | "redo" | "reset" | "pin"
export type Setting = boolean | number | string | null

export interface HeadData {
  text: { heading: string; about: string; changes: string; count: number } // the cards are HTML
  settings: Record<string, Setting> // by the names of the controls; null: the network has none
  presets: [heading: string, [value: string, label: string][]][]
  refusal: { setting: string; sentence: string; remedies: string[] } | null
  can: Act[] // what there is to do
  pinned: boolean // whether the network is kept for comparison
  handled: Handled
}

export interface HeadTold {
  act?: Act
  set?: string // the name of a setting, or "preset"
  to?: Setting
  remedy?: number
}
