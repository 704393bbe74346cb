// What Python sends to the cards. They send nothing back.

export interface CardsData {
  cards: Record<string, string> // HTML, by stage
  selected: string
}
