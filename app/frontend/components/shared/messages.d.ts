// The part of the messages that all components share. Each component's own messages.d.ts has the rest.

/** In every run's data: the component that sent the last event, and the number of that event. */
export type Handled = [client: string, number: number]

/** Sent to Python as the trigger "events": all that it has not answered. */
export interface Message<Told> {
  client: string
  events: Numbered<Told>[]
}

export type Numbered<Told> = Told & { number: number }

export type Send<Told> = (message: Message<Told>) => void

/** What Streamlit calls a component's default export with, at its first run and at each one after that. */
export interface Run<Data, Told = never> {
  data: Data
  parentElement: HTMLElement | ShadowRoot
  setTriggerValue: (name: "events", value: Message<Told>) => void
}
