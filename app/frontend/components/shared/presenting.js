// Whether the diagram is alone on the screen, as present_button has it.

export function presenting() {
  return document.documentElement.hasAttribute("data-presenting")
}
