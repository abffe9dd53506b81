import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { randomFrom } from '../../libs/learning/random.ts'

/** A folder in which 40 people go through shelves of 10 books each, one after another; one row is broken. */
export async function bookFolder(folder: string): Promise<void> {
  const random = randomFrom(5)
  const events = Array.from({ length: 40 }, (_, user) => {
    const shelf = Math.floor(random() * 6)
    return Array.from({ length: 8 }, (_, step) => {
      const item = shelf * 10 + ((user + step) % 10)
      return `u${user},b${item},${1_700_000_000 + 86_400 * step + user}`
    })
  })
  const items = Array.from(
    { length: 60 },
    (_, item) => `b${item},Book ${item} of shelf ${Math.floor(item / 10)}`,
  )
  await writeFile(
    join(folder, 'events.csv'),
    ['user_id,item_id,timestamp', 'u1,,5', ...events.flat()].join('\n'),
  )
  await writeFile(join(folder, 'items.csv'), ['item_id,title', ...items].join('\n'))
}
