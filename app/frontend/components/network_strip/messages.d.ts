// What Python sends to the strip, and what it sends back. See __init__.py.

import type { Handled } from "../shared/messages.d.ts"

export interface StripData {
  stages: StripStage[] // in network order
  selected: string
  handled: Handled
}

export interface StripStage {
  path: string
  name: string
  bars: [colour: string, share: number][]
  share: number
  cost: string
  tip: string
  edited: string
  map: string // a data URI, or empty
}

export interface StripTold {
  select: string
}
