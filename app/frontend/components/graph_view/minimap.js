// The small map: all boxes in their colours, and a frame around what the camera sees. Dragging moves the camera.

const MAP_PX = 150 // wide at most

class Minimap {
  constructor(root, camera) {
    this.root = root
    this.canvas = root.querySelector("canvas")
    this.frame = root.querySelector(".frame")
    this.camera = camera
    root.addEventListener("pointerdown", (event) => {
      root.setPointerCapture(event.pointerId)
      this.go(event)
    })
    root.addEventListener("pointermove", (event) => root.hasPointerCapture(event.pointerId) && this.go(event))
  }

  go(event) {
    const { x, y } = this.canvas.getBoundingClientRect()
    this.camera.centerOn([(event.clientX - x) / this.k, (event.clientY - y) / this.k])
  }

  draw() {
    const { drawing, size } = this.camera
    const { width, height, places } = drawing
    this.k = Math.min(Math.min(MAP_PX, size.w / 5) / width, (size.h * 0.4) / height)
    const k = this.k * devicePixelRatio
    this.canvas.width = Math.ceil(width * k)
    this.canvas.height = Math.ceil(height * k)
    this.canvas.style.width = `${width * this.k}px`
    const pen = this.canvas.getContext("2d")
    pen.scale(k, k)
    for (const { kind, element, box } of places) {
      const fill = element.querySelector('[fill]:not([fill="none"], text)')?.getAttribute("fill")
      pen.globalAlpha = kind === "node" ? 1 : 0.15
      pen.fillStyle = "gray" // stays if the next line is not given a colour
      pen.fillStyle = kind === "node" ? fill : "gray"
      pen.fillRect(box.x, box.y, box.w, box.h)
    }
    this.follow()
  }

  /** Hidden while the camera sees everything. */
  follow() {
    const { at, size, drawing } = this.camera
    const [left, top] = this.camera.inDrawing([0, 0]).map((low) => Math.max(low, 0))
    const [right, bottom] = this.camera.inDrawing([size.w, size.h])
    const [w, h] = [Math.min(right, drawing.width) - left, Math.min(bottom, drawing.height) - top]
    this.root.hidden = (w >= drawing.width - 1 && h >= drawing.height - 1) || !at
    Object.assign(this.frame.style, {
      width: `${w * this.k}px`,
      height: `${h * this.k}px`,
      transform: `translate(${left * this.k}px, ${top * this.k}px)`,
    })
  }
}
