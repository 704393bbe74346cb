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
  source: Source
}

export interface Changes extends Version {
  since: number
  changes: [shared: number, ...steps: (string | number)[], value: unknown][] // shared: steps, with the change before
}

/** Where the component itself is, below the page's address; `script` puts it there where the server does not have it. */
export interface Source {
  name: string
  address: string
  script?: string
}

/** The component itself. */
export interface Files {
  draw: (run: Run<object>) => void
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

/** What is drawn before Streamlit has come; see first_look.py. */
export interface FirstLook {
  address: string // of the components' script
  whole: boolean // whether the diagram is of the whole network
  parts: { key: string; name: string; data: object }[] // components
}

declare global {
  var inceptionComponents: Record<string, Record<string, Files>> | undefined // by address and name
  var inceptionSources: Map<string, Source> | undefined // these two by the components' keys
  var inceptionMounts: Map<string, Mount<object, unknown>> | undefined
}
