// Python sends the button nothing.

export interface PresentData {
  [name: string]: never
}
