import { smallCatalog } from './small-catalog.ts'
import type { History } from './small-scorer.ts'

/** Four topics, each around an axis of its own. */
export const topics = ['space', 'kitchen', 'garden', 'jazz']
export const catalog = await smallCatalog(
  topics.flatMap((topic, axis) =>
    Array.from({ length: 15 }, (_, n) => ({
      itemId: `${topic}-${n}`,
      category: topic,
      tags: [topic, n % 2 === 0 ? 'even' : 'odd'],
      attributes: { price: n },
      available: n !== 14,
      vector: [0, 1, 2, 3].map((i) => (i === axis ? 1 : 0.2 * Math.sin(n * 7 + i * 3 + axis))),
    })),
  ),
)
export const topicOf = (itemId: string) => itemId.split('-')[0]!
export const topicsOf = (answer: { items: readonly { itemId: string }[] }) =>
  answer.items.map(({ itemId }) => topicOf(itemId))
export const idsOf = (answer: { items: readonly { itemId: string }[] }) =>
  answer.items.map(({ itemId }) => itemId)
export const clicks = (topic: string, count: number, hoursAgo = 1): History =>
  Array.from({ length: count }, (_, n) => [`${topic}-${n}`, 'click', hoursAgo + n / 100] as const)
export const axisOf = (topic: string) => Float32Array.from(topics.map((each) => (each === topic ? 1 : 0)))
