import { itemHash } from '../interest/seen-items.ts'

/** For a user of whom nothing is known while nothing is trending: one item of each category in turn, so that the first
 *  page shows what there is. Within a category the order is a fixed shuffle that differs from user to user. */
export function firstLook(
  items: Iterable<{ readonly itemId: string; readonly category: string }>,
  userId: string,
  limit: number,
): string[] {
  const byCategory = new Map<string, { itemId: string; draw: number }[]>()
  for (const { itemId, category } of items) {
    const drawn = { itemId, draw: itemHash(`${userId} ${itemId}`) }
    byCategory.set(category, [...(byCategory.get(category) ?? []), drawn])
  }
  const shelves = [...byCategory.keys()].sort().map((category) => {
    return byCategory.get(category)!.sort((a, b) => a.draw - b.draw || (a.itemId < b.itemId ? -1 : 1))
  })
  const page: string[] = []
  for (let row = 0; page.length < limit && shelves.some((shelf) => row < shelf.length); row++) {
    for (const shelf of shelves) if (row < shelf.length) page.push(shelf[row]!.itemId)
  }
  return page.slice(0, limit)
}
