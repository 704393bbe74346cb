// Search: what it finds is marked, and Enter goes from one match to the next.

class Search {
  constructor(view) {
    this.view = view
    this.input = view.root.querySelector("input")
    this.count = view.root.querySelector(".count")
    this.matches = []
    this.match = null // the one that Enter has reached
    this.input.addEventListener("input", () => this.run())
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.next(event.shiftKey ? -1 : 1)
      if (event.key === "Escape") this.leave()
    })
  }

  run() {
    const { root, places, camera } = this.view
    const squeeze = (text) => text.toLowerCase().replaceAll(" ", "")
    const wanted = squeeze(this.input.value)
    const found = places.filter(({ id, text }) => wanted && squeeze(`${id}\n${text}`).includes(wanted))
    this.matches = camera.placed ? camera.inOrder(found) : found
    this.match = null
    root.toggleAttribute("data-searching", wanted !== "")
    for (const place of places) place.element.toggleAttribute("data-match", found.includes(place))
    this.count.textContent = wanted && String(found.length)
    this.view.drawRings()
  }

  next(step) {
    const { length } = this.matches
    if (!length) return
    const { camera } = this.view
    const index = this.match ? this.matches.indexOf(this.match) + step : step > 0 ? 0 : -1
    this.match = this.matches.at(((index % length) + length) % length)
    this.count.textContent = `${this.matches.indexOf(this.match) + 1}/${length}`
    camera.centerOn(center(this.match.box), Math.max(camera.at.k, OPENING / camera.letter), true)
    this.view.drawRings()
  }

  leave() {
    const place = this.match ?? this.view.active
    this.input.value = ""
    this.run()
    ;(place?.element ?? this.view.canvas).focus({ preventScroll: true })
  }
}
