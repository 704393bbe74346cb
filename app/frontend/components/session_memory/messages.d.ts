// What Python sends to the browser's memory, what that keeps, and what it sends back.

import type { Handled } from "../shared/messages.d.ts"

/** A network, as the query of a link has it. */
export interface NetworkLink {
  variant: string
  edits?: string
}

/** In order, a number for each network that the person has had. */
export interface Steps {
  at: number // the one that is shown
  past: number // how many before it can be undone to
  future: number // how many after it can be redone
}

/** What is kept as it is, without being looked at here. */
export interface Kept {
  selected: string
  expanded: string[]
  folded: string[]
  weights: Record<string, string>
  files: Record<string, string>
  preprocessing: Record<string, { preset: string; steps: Record<string, unknown> }>
  choices: Record<string, string | number | boolean>
  goal: string // as a link has it; empty where there is none
  lesson: LessonPlace | null
  pins: PinLink[]
}

/** A network that is kept for comparison. */
export interface PinLink {
  variant?: string
  edits?: unknown
  torchvision?: string
  timm?: string
  file?: string
  digest?: string
  shape?: number[]
  name?: string
}

/** The step of a lesson that is under way, and what was open before it. */
export interface LessonPlace {
  lesson: string
  step: number
  own: string
  selected: string
  page: string
  weights: Record<string, string>
}

/** The same in all tabs. */
export interface Learning {
  learned: Record<string, number> // steps of each lesson that are over
  welcomed: boolean // the ways in for newcomers were used or put away
}

/** What a run shows. */
export interface Now {
  title: string // of the window
  network: NetworkLink
  complete: boolean // whether its changes go into the address bar
  more: Record<string, string> // what the address bar has besides
  pinned: boolean // whether these have all pins
  forget: number // grows when the person clears the list of recent networks
  steps: Steps
  kept: Kept
  learning: Learning
}

export interface MemoryData {
  session: string // random, one for each session of the server
  turn: number // grows with each run; Streamlit shows the data of earlier ones again
  visitor: string // random, for the cookie by which a new session knows the browser again
  now: Now | null // null while a new session waits for what was kept
  handled: Handled | null // null where nothing may be sent: in a fragment
}

/** An edited network that was on the screen, in any tab. */
export interface RecentNetwork {
  network: NetworkLink
  when: string // as this browser writes dates
}

export interface MemoryRecord {
  v: number // the version of this format
  address: Record<string, string>
  steps: Steps
  networks: Record<number, NetworkLink> // by the number of the step
  latest: Record<string, NetworkLink> // of each variant: as the person left it
  kept: Kept
}

export type MemoryTold =
  | { record: MemoryRecord | null; learning: Learning | null; query: string }
  | { awake: true }
  | { variant: string; stage: string }

declare global {
  interface Window {
    __streamlit: object
    inceptionTold?: () => void // takes back what the page connected with
  }
}
