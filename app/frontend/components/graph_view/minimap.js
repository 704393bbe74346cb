// The small map: all boxes in their colours, and a frame around what the camera sees. Dragging moves the camera.

import { part } from "../shared/parts.js"

/** @import { Camera } from "./camera.js" */

const MAP_PX = 150 // the greatest width
const EDGE_PX = 16 // around it

export class Minimap {
  /**
   * @param {HTMLElement} root
   * @param {Camera} camera
   */
  constructor(root, camera) {
    this.root = root
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

  /** The scale at which all of it has room. */
  get fitting() {
    const { diagram, size } = this.camera
    return Math.min(Math.min(MAP_PX, size.w / 5) / diagram.width, (size.h * 0.4) / diagram.height)
  }

  get width() {
    return this.camera.diagram.width * this.fitting + EDGE_PX
  }

  draw() {
    const { width, height, places } = this.camera.diagram
    this.k = this.fitting
    const k = this.k * devicePixelRatio
    this.canvas.width = Math.ceil(width * k)
    this.canvas.height = Math.ceil(height * k)
    this.canvas.style.width = `${width * this.k}px`
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
    this.root.hidden = w >= diagram.width - 1 && h >= diagram.height - 1
    Object.assign(this.frame.style, {
      width: `${w * this.k}px`,
      height: `${h * this.k}px`,
      transform: `translate(${left * this.k}px, ${top * this.k}px)`,
    })
  }
}
