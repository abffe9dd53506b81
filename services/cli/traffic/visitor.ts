/** Somebody made up, who comes again and again and likes one kind of thing. */
export interface Visitor {
  readonly userId: string
  readonly favourite: string
}

export interface ShownItem {
  readonly itemId: string
  readonly category: string | undefined
}

/** A number from 0 up to, not including, 1. */
export type Draw = () => number

/** Of the items they look at, people take so many when they like the kind, and when they do not. */
const TAKES_FAVOURITE = 0.4
const TAKES_OTHER = 0.02
/** Each item further down is looked at by this share of those who looked at the one above it. */
const LOOKS_ON = 0.85

export function visitorOf(number: number, categories: readonly string[]): Visitor {
  return { userId: `visitor-${number}`, favourite: categories[number % categories.length]! }
}

/** Which of the items, looked at from the first on, the visitor clicks; undefined: none. */
export function clicked(visitor: Visitor, items: readonly ShownItem[], draw: Draw): string | undefined {
  for (const { itemId, category } of items) {
    if (draw() < (category === visitor.favourite ? TAKES_FAVOURITE : TAKES_OTHER)) return itemId
    if (draw() >= LOOKS_ON) return undefined
  }
  return undefined
}

/** What follows a click: mostly nothing. */
export function afterClick(draw: Draw): 'like' | 'purchase' | undefined {
  const drawn = draw()
  if (drawn < 0.05) return 'purchase'
  return drawn < 0.2 ? 'like' : undefined
}
