// What Python sends to the cards; __init__.py says what each field means. They send nothing back.

export interface CardsData {
  cards: Record<string, StageCard> // by stage
  selected: string
}

export interface StageCard {
  title: string
  about: string
  facts: Fact[]
  branches: BranchLine[]
  note: string
}

export interface Fact {
  name: string
  value: string
  tip: string
  change: string
}

export type Figure = [value: string, change: string]

export interface BranchLine {
  name: string
  color: string
  channels: Figure
  params: string
  macs: Figure
  tip: string
  share: number
}
