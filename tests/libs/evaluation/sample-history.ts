import { clean } from '../../../libs/evaluation/clean.ts'
import type { Dataset, RawData, RawEvent } from '../../../libs/evaluation/history-data.ts'
import type { Case } from '../../../libs/evaluation/split.ts'
import { hadItems } from '../../../libs/learning/had-items.ts'
import { randomFrom } from '../../../libs/learning/random.ts'

export function askedCase({ items, targets }: { items: number[]; targets: number[] }): Case {
  const past = { items: Int32Array.from(items), times: Float64Array.from(items.keys()) }
  return {
    user: 0,
    ...past,
    weights: new Float32Array(items.length).fill(1),
    nowMs: items.length,
    had: hadItems(past.items, past.times),
    targets: Int32Array.from(targets),
    untied: true,
  }
}

export function datasetOf(
  events: readonly RawEvent[],
  texts: ReadonlyMap<string, string> = new Map(),
): Dataset {
  return clean(rawOf(events, texts), { minCore: 1, seed: 1 })
}

export function rawOf(events: readonly RawEvent[], texts: ReadonlyMap<string, string> = new Map()): RawData {
  const nothing = { describedTwice: 0, attributes: new Map(), brokenRows: 0, broken: [], notPositive: 0 }
  return { ...nothing, name: 'sample', events, texts }
}

const HOUR_MS = 3_600_000
const GENRES = 6
const GENRE_ITEMS = 20

/** People who stay with a genre for a while and go through its items roughly in order: what they did last says what
 *  they want next. Items of the last two places of each genre appear in the last tenth of the time only. */
export function wanderers(seed: number, users = 150): Dataset {
  const random = randomFrom(seed)
  const events: RawEvent[] = []
  const texts = new Map<string, string>()
  for (let genre = 0; genre < GENRES; genre++) {
    for (let item = 0; item < GENRE_ITEMS; item++) texts.set(`g${genre}-${item}`, `genre ${genre}`)
  }
  for (let user = 0; user < users; user++) {
    let genre = Math.floor(random() * GENRES)
    let at = Math.floor(random() * 8)
    const length = 12 + Math.floor(random() * 8)
    for (let step = 0; step < length; step++) {
      if (random() < 0.15) [genre, at] = [Math.floor(random() * GENRES), Math.floor(random() * 8)]
      const occurredAtMs = (step / length + random() * 0.01) * 1_000 * HOUR_MS
      const newest = occurredAtMs > 850 * HOUR_MS && random() < 0.5
      const item = newest ? GENRE_ITEMS - 1 - Math.floor(random() * 2) : at % (GENRE_ITEMS - 2)
      events.push({ userId: `u${user}`, itemId: `g${genre}-${item}`, occurredAtMs, weight: 1 })
      at += 1 + Math.floor(random() * 2)
    }
  }
  return datasetOf(events, texts)
}

/** A vector for each genre: what an embedder would make of the texts. */
export function genreVectors({ texts }: Dataset): (Float32Array | undefined)[] {
  return texts.map((text) => {
    if (text === undefined) return undefined
    const vector = new Float32Array(GENRES)
    vector[Number(text.split(' ')[1])] = 1
    return vector
  })
}
