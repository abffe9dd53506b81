import { describe, expect, it } from 'vitest'
import type { RawEvent } from '../../../libs/evaluation/history-data.ts'
import { inspect } from '../../../libs/evaluation/inspect/inspect.ts'
import { languageOfText } from '../../../libs/evaluation/inspect/language.ts'
import { rawOf } from './sample-history.ts'

const NOW = Date.parse('2024-05-01T10:00:00Z')
const SECOND_MS = 1_000

/** Events of one user, with the pauses given, in seconds. */
function eventsOf(userId: string, pauses: readonly number[], itemOf = (n: number) => `i${n}`): RawEvent[] {
  let occurredAtMs = NOW - 1e9
  return pauses.map((pause, n) => {
    occurredAtMs += pause * SECOND_MS
    return { userId, itemId: itemOf(n), occurredAtMs, weight: 1 }
  })
}

describe('inspecting a history', () => {
  it('names users who are too fast, too regular, or do one thing only, and nobody else', () => {
    const times = (count: number, pause: (n: number) => number) =>
      Array.from({ length: count }, (_, n) => pause(n))
    const { history } = inspect(
      rawOf([
        ...eventsOf(
          'fast',
          times(700, (n) => n % 5),
        ),
        ...eventsOf(
          'clockwork',
          times(60, () => 3_600),
        ),
        ...eventsOf(
          'single',
          times(120, (n) => 60 + 100 * (n % 7)),
          () => 'same',
        ),
        ...eventsOf(
          'person',
          times(200, (n) => 60 + 1_000 * (n % 7)),
        ),
      ]),
      NOW,
    )
    expect(history!.botLike.map(({ userId, reason }) => [userId, reason])).toEqual([
      ['fast', '700 events within an hour'],
      ['single', '100 % of the events on one item'],
      ['clockwork', 'an event every 3600 s'],
    ])
  })

  it('looks over a crawler who goes through a large catalog, too', () => {
    const pauses = Array.from({ length: 150_000 }, (_, n) => 8 + (n % 7) ** 2)
    expect(inspect(rawOf(eventsOf('crawler', pauses)), NOW).history).toMatchObject({ mostEvents: 150_000 })
  })

  it('counts times that cannot be, and rows out of order', () => {
    const at = (userId: string, occurredAtMs: number): RawEvent => {
      return { userId, itemId: `${userId}${occurredAtMs}`, occurredAtMs, weight: 1 }
    }
    const events = [at('a', NOW + 1), at('a', NOW), at('b', 1_714_557_600), at('b', NOW), at('a', NOW - 5)]
    expect(inspect(rawOf(events), NOW).time).toEqual({ afterNow: 1, beforeWeb: 1, outOfOrder: 2 })
  })

  it('counts items without text, texts without events, languages, ties, and users of one event', () => {
    const texts = new Map([
      ['i0', 'A Quiet Orbit'],
      ['i9', '三体'],
    ])
    const { history, texts: found } = inspect(
      rawOf([...eventsOf('a', [1, 1, 0]), ...eventsOf('b', [1])], texts),
      NOW,
    )
    expect(found).toEqual({
      items: 2,
      unused: 1,
      languages: [
        ['Chinese', 1],
        ['Latin letters', 1],
      ],
    })
    expect(history).toMatchObject({
      eventsWithoutText: 0.5,
      usersTiedAtEnd: 1,
      usersOfOneEvent: 1,
      mostEvents: 3,
      rareItems: 3,
      density: 4 / 6,
    })
  })

  it('has nothing to say of a history of which no event can be read', () => {
    expect(inspect(rawOf([]), NOW).history).toBeUndefined()
  })
})

describe('telling languages by their letters', () => {
  it.each([
    ['海辺のカフカ', 'Japanese'],
    ['三体 (2008)', 'Chinese'],
    ['Мастер и Маргарита', 'Cyrillic letters'],
    ['1984', 'no letters'],
  ])('takes %s for %s', (text, language) => {
    expect(languageOfText(text)).toBe(language)
  })
})
