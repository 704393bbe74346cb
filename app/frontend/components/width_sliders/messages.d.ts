// What Python sends to the sliders, and what they send back.

import type { Handled } from "../shared/messages.d.ts"

export interface SlidersData {
  sliders: Record<string, Slider[]> // by stage
  selected: string
  handled: Handled
}

/** See WidthSlider in __init__.py. */
export interface Slider {
  path: string
  label: string
  width: number
  original: number
  high: number
  color: string
  error: string | null
  typed: string | null
}

/** The newest text of each path. */
export interface SlidersTold {
  typed: Record<string, string>
}
