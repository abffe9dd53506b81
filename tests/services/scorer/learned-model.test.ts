import { describe, expect, it } from 'vitest'
import { clean } from '../../../libs/evaluation/clean.ts'
import { learnModel } from '../../../libs/evaluation/learn.ts'
import { itemHash, seenKind } from '../../../libs/interest/seen-items.ts'
import { defaultLearning } from '../../../libs/learning/learning-settings.ts'
import type { Past } from '../../../libs/learning/past.ts'
import { encodeServed, type ServedModel } from '../../../libs/learning/served-model.ts'
import type { ModelStore } from '../../../libs/store/model-store.ts'
import { modelView } from '../../../services/scorer/model-view.ts'
import { learnedPreference } from '../../../services/scorer/sources/learned-preference.ts'
import { expectSharesToSum } from '../../libs/ranking/candidates.ts'
import { smallCatalog } from './small-catalog.ts'
import { type History, NOW, smallScorer } from './small-scorer.ts'
import { idsOf } from './topics.ts'

const memory = {
  mostRemembered: 50,
  mostSeen: 2_000,
  timescales: [{ name: 'recent', halfLifeMs: 86_400_000 }],
  timescaleWeights: { recent: 1 },
}
const books = Array.from({ length: 30 }, (_, n) => `book-${n}`)

const shelfOf = (itemId: string) => {
  const number = Number(itemId.split('-')[1])
  return itemId.startsWith('unread') ? number : Math.floor(number / 10)
}

/** Learned from people who read a shelf of ten in its order, `step` books on each day, in a library that has `unread` ones. */
async function modelOfReaders(
  step: number,
  vectorOf?: (itemId: string) => Float32Array,
  unread: readonly string[] = [],
): Promise<ServedModel> {
  const events = Array.from({ length: 60 * 9 }, (_, n) => {
    const [user, day] = [Math.floor(n / 9), n % 9]
    const itemId = books[(user % 3) * 10 + ((user + step * day) % 10)]!
    return { userId: `u${user}`, itemId, occurredAtMs: NOW - (10 - day) * 86_400_000 + user, weight: 1 }
  })
  const texts = new Map(unread.map((itemId) => [itemId, itemId]))
  const raw = { name: 'readers', events, texts, attributes: new Map(), broken: [], notPositive: 0 }
  const dataset = clean(raw as never, { minCore: 1, seed: 1, unhad: true })
  const learned = await learnModel(dataset, {
    texts: dataset.itemIds.map((itemId) => vectorOf?.(itemId)),
    ...{ live: undefined, memory, seed: 1, learning: defaultLearning },
    onStep: () => {},
  })
  return learned.served
}

/** A store of models in memory, and a view of it that says what it does. */
function shelf() {
  const models = new Map<string, Buffer>()
  const promotions: string[] = []
  const said: string[] = []
  const store: Pick<ModelStore, 'readModel' | 'readPromotions'> = {
    readModel: async (id) => models.get(id),
    readPromotions: async () => [...promotions],
  }
  const view = modelView(store, memory, {
    modelTakenUp: ({ id }) => said.push(`serves ${id}`),
    modelRefused: ({ id }) => said.push(`refused ${id}`),
  })
  const promote = (id: string, bytes: Buffer) => {
    models.set(id, bytes)
    promotions.unshift(id)
  }
  return { view, promote, promotions, said }
}

describe('the model that serves', () => {
  it('is taken up when it is promoted, once, and given up when it is taken back', async () => {
    const { view, promote, promotions, said } = shelf()
    await view.follow()
    expect(view.current()).toBeUndefined()
    promote('one', encodeServed(await modelOfReaders(1)))
    await view.follow()
    await view.follow()
    expect(view.current()).toMatchObject({ id: 'one' })
    promote('two', encodeServed(await modelOfReaders(3)))
    await view.follow()
    expect(view.current()).toMatchObject({ id: 'two' })
    promotions.length = 0
    await view.follow()
    expect(view.current()).toBeUndefined()
    expect(said).toEqual(['serves one', 'serves two', 'serves undefined'])
  })

  it('goes on serving when the next one cannot be read, which is said once', async () => {
    const { view, promote, said } = shelf()
    promote('one', encodeServed(await modelOfReaders(1)))
    await view.follow()
    promote('broken', Buffer.from('half a model'))
    await view.follow()
    await view.follow()
    expect(view.current()).toMatchObject({ id: 'one' })
    expect(said).toEqual(['serves one', 'refused broken'])
  })
})

describe('what goes together as it was learned', async () => {
  const catalog = await smallCatalog([...books, 'new', 'beside-new'].map((itemId) => ({ itemId })))
  const silenced = ['interests', 'neighbors', 'trending', 'supplied'].map((name) => [name, null])
  const scenarios = {
    alone: {
      sources: { ...Object.fromEntries(silenced), 'item-item': { weight: 1 } },
      diversity: { lambda: 1 },
    },
  }
  const users: Record<string, History> = {
    ann: [['book-3', 'like', 1]],
    bo: [
      ['new', 'click', 2],
      ['beside-new', 'click', 1.9],
    ],
    cy: [['new', 'like', 1]],
    di: [
      ['new', 'like', 1],
      ['book-3', 'like', 1.1],
    ],
  }
  const { view, promote } = shelf()
  promote('one', encodeServed(await modelOfReaders(1)))
  await view.follow()
  const scorer = await smallScorer({
    ...{ catalog, users, scenarios, model: view.current()! },
    active: ['bo'],
  })
  const pageOf = async (userId: string, question = {}) =>
    idsOf(await scorer.ask({ scenario: 'alone', limit: 3, who: { kind: 'user', userId }, ...question }))

  it('is what followed in the histories, for a user and beside an item', async () => {
    expect((await pageOf('ann'))[0]).toBe('book-4')
    const beside = await scorer.ask({ scenario: 'alone', limit: 3, about: { itemId: 'book-7' } })
    expect(idsOf(beside)[0]).toBe('book-8')
  })

  it('is what was counted lately where the model was not learned with what somebody chose', async () => {
    expect((await pageOf('cy'))[0]).toBe('beside-new')
  })

  it('is both for somebody who chose of both', async () => {
    expect((await pageOf('di')).slice(0, 2).sort()).toEqual(['beside-new', 'book-4'])
  })

  it.each(['ann', 'di'])('says which events of %s the score of an item comes from', async (userId) => {
    const { items } = await scorer.ask({ scenario: 'alone', limit: 5, who: { kind: 'user', userId } })
    expect(items.length).toBeGreaterThan(0)
    for (const { score, explanation } of items) {
      const { shares, events, olderInterest } = explanation!
      expectSharesToSum({ score, shares: shares as never })
      const own = shares.find((share) => 'source' in share && share.source === 'item-item')!.share
      const parts = [...events, ...olderInterest].map(({ share }) => share)
      const size = parts.reduce((sum, share) => sum + Math.abs(share), 1e-9)
      expect(Math.abs(parts.reduce((sum, share) => sum + share, 0) - own) / size).toBeLessThan(1e-6)
    }
    const told = items.flatMap(({ explanation }) => explanation!.events.map(({ itemId }) => itemId))
    expect(new Set(told)).toEqual(new Set(users[userId]!.map(([itemId]) => itemId)))
  })

  it('tells of no event beside an item, which nobody need have chosen', async () => {
    const { items } = await scorer.ask({ scenario: 'alone', limit: 1, about: { itemId: 'book-7' } })
    expect(items[0]!.explanation!.events.filter((event) => event.source === 'item-item')).toEqual([])
  })

  it('reads how often, and when last, something was had off the seen items, which reach further back than the events', () => {
    const model = view.current()!
    const asked: Past[] = []
    const listening = {
      ...model,
      scoresOf(past: Past) {
        asked.push(past)
        return model.scoresOf(past)
      },
    }
    const { positive, negative } = seenKind
    const of = (itemId: string, lastSeconds: number, kinds: number, times: number) => {
      return { itemHash: itemHash(itemId), lastSeconds, kinds, times }
    }
    const counted = [of('book-3', 900, positive, 5), of('book-9', 899, positive, 17)]
    const notHad = [of('unknown', 898, positive, 2), of('book-4', 897, negative, 0)]
    const beforeTimesWereCounted = of('book-5', 896, positive, 0)
    const seen = [...counted, ...notHad, beforeTimesWereCounted]
    const chosen = [{ itemId: 'book-3', occurredAtMs: 900_000, weight: 1 }]
    learnedPreference(listening, { chosen, seen, nowMs: NOW }, Int32Array.of())
    expect([...asked[0]!.had.items]).toEqual(['book-3', 'book-9', 'book-5'].map(model.numberOf))
    expect([...asked[0]!.had.lastSeconds]).toEqual([900, 899, 896])
    expect([...asked[0]!.had.times]).toEqual([5, 17, 1])
  })

  it('lets interests count beside it what its trial found, and fully where it knows nothing of what somebody chose', async () => {
    const model = { ...view.current()!, interestsCount: 0.25 }
    const beside = await smallScorer({ ...{ catalog, users, model }, scenarios: {}, active: ['bo'] })
    const weightFor = async (userId: string) => {
      const { inquiry } = await beside.rank({ who: { kind: 'user', userId } })
      return inquiry.voices.find(({ source }) => source === 'interests')!.weight
    }
    expect([await weightFor('ann'), await weightFor('di'), await weightFor('cy')]).toEqual([0.25, 0.25, 1])
  })
})

describe('books that nobody had', async () => {
  // The shelf that a book belongs on, as a direction.
  const onShelf = (shelf: number) => Float32Array.from({ length: 3 }, (_, s) => (s === shelf ? 1 : 0))
  const unread = ['unread-0', 'unread-1', 'unread-2']
  const served = await modelOfReaders(1, (itemId) => onShelf(shelfOf(itemId)), unread)
  const { view, promote } = shelf()
  promote('one', encodeServed(served))
  await view.follow()
  const model = view.current()!
  const afterChoosing = (itemId: string) => {
    const chosen = [{ itemId, occurredAtMs: NOW, weight: 1 }]
    return learnedPreference(model, { chosen, seen: [], nowMs: NOW }, Int32Array.of())
  }

  it.each([0, 1, 2])('are ranked by where their texts belong: for a reader of shelf %i', (shelf) => {
    const { scores } = afterChoosing(`book-${10 * shelf + 5}`)!
    const best = [...unread].sort((a, b) => scores.scoreOf(b) - scores.scoreOf(a))
    expect(best[0]).toBe(`unread-${shelf}`)
  })

  it('say nothing of what goes with them: that is left to what was counted lately', () => {
    expect(unread.map((itemId) => model.learnedWith(itemId))).toEqual([false, false, false])
    expect(unread.map((itemId) => model.numberOf(itemId))).not.toContain(undefined)
    expect(model.learnedWith('book-5')).toBe(true)
    expect(afterChoosing('unread-0')).toBeUndefined()
  })
})

describe('the trial of a model', () => {
  it('tells what the likeness of texts counts beside it, and nothing of it where there are no texts', async () => {
    expect((await modelOfReaders(1)).interestsCount).toBeUndefined()
    // Texts that say nothing of what is read next, and texts that say it all: the next book's vector is nearest.
    const angle = (n: number) => Float32Array.of(Math.cos(n), Math.sin(n))
    const poor = await modelOfReaders(1, (itemId) => angle(books.indexOf(itemId) * 7.3))
    expect(poor.interestsCount).toBeLessThan(0.5)
    const good = await modelOfReaders(1, (itemId) =>
      angle(shelfOf(itemId) * 2 + (books.indexOf(itemId) % 10) / 10),
    )
    expect(good.interestsCount).toBeGreaterThan(poor.interestsCount!)
  })
})
