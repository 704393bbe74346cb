// What Python sends to the button, which sends nothing back.

export interface PresentData {
  offered: boolean
}
