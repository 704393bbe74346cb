// The part of the messages that all components share. Each component's own messages.d.ts has the rest.

/** In every run's data: the component that sent the last event, and the number of that event. */
export type Handled = [client: string, number: number]

/** What Python sends, which received.js makes the component's data of. See sent.py. */
export type Sent<Data> = Whole<Data> | Changes

interface Version {
  key: string
  series: string
  version: number
}

interface Whole<Data> extends Version {
  whole: Data
  files: Files
}

export interface Changes extends Version {
  since: number
  changes: [shared: number, ...steps: (string | number)[], value: unknown][] // shared: steps, with the change before
}

/** The component itself. */
export interface Files {
  script: string
  style: string // CSS
  markup: string // HTML
}

/** Sent to Python as the trigger "events": all that it has not answered. */
export interface Message<Told> {
  client: string
  events: Numbered<Told>[]
}

/** By key, the version of its data that each component on the page has; null asks for the whole. */
export type Seen = Record<string, [series: string, version: number] | null>

export type Numbered<Told> = Told & { number: number }

export type Send<Told> = (message: Message<Told>) => void

/** What a component's default export is called with, at its first run and at each one after that. */
export interface Run<Data, Told = never> {
  data: Sent<Data>
  files: Files
  parentElement: HTMLElement | ShadowRoot
  setTriggerValue: (name: "events", value: Message<Told> & { seen: Seen }) => void
}

export interface Received<Data, Told> {
  data: Data
  send: Send<Told>
}

/** A component: where it was shown last, what it showed there, and what it told Python last. */
export interface Mount<Data, Told> {
  parentElement?: Node
  series: string
  version: number
  data?: Data
  told?: Message<Told>
}

/** The module that a component's script is, and all its files. */
export interface Loaded {
  module: Promise<{ default: (run: Run<object>) => void }>
  files: Files
}

declare global {
  var inceptionLoaded: Map<string, Loaded> | undefined // these two by the components' keys
  var inceptionMounts: Map<string, Mount<object, unknown>> | undefined
}
