// The small map: all boxes in their colours, and a frame around what the camera sees. Dragging moves the camera.

import { part } from "../shared/parts.js"

/** @import { Camera } from "./camera.js" */
/** @import { Diagram } from "./diagram.js" */

const MAP_PX = 150 // the greatest width beside the canvas
const STRIP_PX = 48 // the greatest height below it
const AROUND_PX = 120 // what the view needs besides: the bar, the legend, margins

export class Minimap {
  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} view of which it takes a part
   * @param {Camera} camera
   */
  constructor(root, view, camera) {
    this.root = root
    this.view = view
    this.canvas = part(root, "canvas", HTMLCanvasElement)
    this.frame = part(root, ".frame", HTMLElement)
    this.camera = camera
    this.k = 0 // its scale; zero until it is drawn
    root.addEventListener("pointerdown", (event) => {
      root.setPointerCapture(event.pointerId)
      this.go(event)
    })
    root.addEventListener("pointermove", (event) => root.hasPointerCapture(event.pointerId) && this.go(event))
  }

  /** @param {PointerEvent} event */
  go(event) {
    const { x, y } = this.canvas.getBoundingClientRect()
    this.camera.centerOn([(event.clientX - x) / this.k, (event.clientY - y) / this.k])
  }

  /**
   * It has a room of its own, at the right of a high diagram and below a wide one, so that it never covers a box.
   * @param {Diagram} diagram
   */
  takeRoom({ width, height }) {
    const { clientWidth: w, clientHeight: h } = this.view
    const wide = width > height
    const [most, high] = wide ? [w - 24, Math.min(STRIP_PX, h / 10)] : [Math.min(MAP_PX, w / 5), h - AROUND_PX]
    this.k = Math.max(Math.min(most / width, high / height), 0)
    this.view.toggleAttribute("data-wide", wide)
    Object.assign(this.canvas.style, { width: `${width * this.k}px`, height: `${height * this.k}px` })
  }

  draw() {
    const { width, height, places } = this.camera.diagram
    this.takeRoom(this.camera.diagram)
    const k = this.k * devicePixelRatio
    this.canvas.width = Math.ceil(width * k)
    this.canvas.height = Math.ceil(height * k)
    const pen = this.canvas.getContext("2d")
    if (!pen) return
    pen.scale(k, k)
    for (const { kind, element, box } of places) {
      const fill = element.querySelector('[fill]:not([fill="none"], text)')?.getAttribute("fill")
      pen.globalAlpha = kind === "node" ? 1 : 0.15
      pen.fillStyle = "gray" // stays if the next line does not set a colour
      if (kind === "node" && fill) pen.fillStyle = fill
      pen.fillRect(box.x, box.y, box.w, box.h)
    }
    this.follow()
  }

  /** Hidden while the camera sees everything. */
  follow() {
    if (!this.k) return
    const { size, diagram } = this.camera
    const [left, top] = this.camera.inDiagram([0, 0]).map((low) => Math.max(low, 0))
    const [right, bottom] = this.camera.inDiagram([size.w, size.h])
    const [w, h] = [Math.min(right, diagram.width) - left, Math.min(bottom, diagram.height) - top]
    const all = w >= diagram.width - 1 && h >= diagram.height - 1
    this.root.style.visibility = all ? "hidden" : "" // its room stays, or the camera would have another
    Object.assign(this.frame.style, {
      width: `${w * this.k}px`,
      height: `${h * this.k}px`,
      transform: `translate(${left * this.k}px, ${top * this.k}px)`,
    })
  }
}
