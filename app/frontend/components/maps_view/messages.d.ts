// What Python sends to the maps, and what they send back.

import type { Handled } from "../shared/messages.d.ts"

export interface MapsData {
  version: string // equal for equal maps, so that megabytes need not be compared
  picture: string // base64 of a PNG
  picturePx: number
  bits: 32 | 16 | 0 // of each value; with 0 there are none
  maps: BranchMaps[]
  picked: Pick | null
  explained: string // HTML about what is picked
  handled: Handled
}

/** A cell of an output: its path, then channel, row and column of the feature map. */
export type Pick = [path: string, ...cell: Cell]
export type Cell = [channel: number, row: number, column: number]

/** The feature maps of one branch, as tiles of one picture. */
export interface BranchMaps {
  path: string
  name: string
  colour: string
  size: string
  note: string
  image: string // base64 of a PNG
  imageSize: [height: number, width: number]
  tile: [height: number, width: number]
  columns: number // tiles in a row
  gap: number // between tiles, px
  scale: number // px of a cell
  step: number // rows and columns of the map for one of what is drawn
  cells: [rows: number, columns: number] // in a tile
  channels: number[] // of each tile
  spans: ([low: number, high: number] | null)[] // the values with the first and the last colour, of each tile
  values: string // base64: tile after tile, row after row, little-endian
  rows: [first: number, last: number][] // the pixels that a row of the map sees
  cols: [first: number, last: number][]
}

export interface MapsTold {
  pick: Pick
}
