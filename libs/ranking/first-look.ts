import { draw } from './draw.ts'

/** For a user of whom nothing is known while nothing is trending: one item of each category in turn, so that the first
 *  page shows what there is. Each category's list is read from a place that differs from user to user.
 *  @param shelves item ids by category, in the order in which categories are to appear */
export function firstLook(
  shelves: ReadonlyMap<string, readonly string[]>,
  userId: string,
  limit: number,
  admits: (itemId: string) => boolean,
): string[] {
  const turns = [...shelves].map(([category, shelf]) =>
    fromPlace(shelf, draw(`${userId} ${category}`), admits),
  )
  const page: string[] = []
  for (let open = turns; page.length < limit && open.length > 0; ) {
    const stillOpen: typeof turns = []
    for (const turn of open) {
      if (page.length === limit) break
      const { value, done } = turn.next()
      if (done) continue
      page.push(value)
      stillOpen.push(turn)
    }
    open = stillOpen
  }
  return page
}

/** The admitted ids of a shelf, from a part of its length on and around. */
function* fromPlace(
  shelf: readonly string[],
  part: number,
  admits: (itemId: string) => boolean,
): Generator<string, undefined> {
  const start = Math.floor(part * shelf.length)
  for (let n = 0; n < shelf.length; n++) {
    const itemId = shelf[(start + n) % shelf.length]!
    if (admits(itemId)) yield itemId
  }
}
