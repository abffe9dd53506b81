import type { BrokenRow, RawData, RawEvent } from './history-data.ts'

/** Raw data while they are being read. */
export interface RawCollector {
  event(event: RawEvent | string, file: string, line: number): void
  text(item: { itemId: string; text: string } | string, file: string, line: number): void
  user(user: { userId: string; attributes: [string, string][] } | string, file: string, line: number): void
  broken(row: BrokenRow): void
  finished(name: string): RawData
}

/** A file that is of another form than its name says has millions. */
const MOST_LISTED = 1_000

/** Takes understood rows and reports of those that were not, and says in the end what there was. */
export function rawCollector(): RawCollector {
  const events: RawEvent[] = []
  const ids = new Map<string, string>()
  /** A file's rows hold each id as often as it occurs; the first of them stands for all, and the others are let go. */
  const interned = (id: string): string => {
    const known = ids.get(id)
    if (known === undefined) ids.set(id, id)
    return known ?? id
  }
  const texts = new Map<string, string>()
  const attributes = new Map<string, Map<string, string>>()
  const broken: BrokenRow[] = []
  const users = new Set<string>()
  let describedTwice = 0
  let brokenRows = 0
  let notPositive = 0
  const note = (row: BrokenRow): void => {
    brokenRows++
    if (broken.length < MOST_LISTED) broken.push(row)
  }
  const unless = <T extends object>(
    value: T | string,
    file: string,
    line: number,
    take: (value: T) => void,
  ): void => {
    if (typeof value === 'string') note({ file, line, problem: value })
    else take(value)
  }
  return {
    event: (event, file, line) =>
      unless(event, file, line, (read) => {
        if (read.weight > 0)
          events.push({ ...read, userId: interned(read.userId), itemId: interned(read.itemId) })
        else notPositive++
      }),
    text: (item, file, line) =>
      unless(item, file, line, ({ itemId, text }) => {
        if (texts.has(itemId)) describedTwice++
        texts.set(itemId, text)
      }),
    user: (user, file, line) =>
      unless(user, file, line, (read) => {
        if (users.has(read.userId)) describedTwice++
        users.add(read.userId)
        for (const [name, value] of read.attributes) {
          if (!attributes.has(name)) attributes.set(name, new Map())
          attributes.get(name)!.set(read.userId, value)
        }
      }),
    broken: note,
    finished: (name) => ({
      name,
      events,
      texts,
      describedTwice,
      attributes,
      brokenRows,
      broken,
      notPositive,
    }),
  }
}
