import type { EpochMs } from '../../interest/time.ts'
import { clean } from '../clean.ts'
import type { BrokenRow, CleaningReport, Dataset, RawData, RawEvent } from '../history-data.ts'
import { type BotLike, botLikeUsers } from './bot-like.ts'
import { languageOfText } from './language.ts'

/** What somebody should know of a data set before it is imported. */
export interface Inspection {
  readonly name: string
  readonly brokenRows: number
  readonly broken: readonly BrokenRow[]
  /** Rows of items and of users whose id had a row before. */
  readonly describedTwice: number
  readonly notPositive: number
  readonly time: TimeTravel
  readonly texts: TextFacts
  /** undefined when no event can be read. */
  readonly history: HistoryFacts | undefined
}

export interface TimeTravel {
  readonly afterNow: number
  /** Before there was anything to click on: the unit of the column is likely another. */
  readonly beforeWeb: number
  /** Rows older than the row before of the same user. */
  readonly outOfOrder: number
}

export interface TextFacts {
  /** Items with text, whether anybody had them or not. */
  readonly items: number
  /** Of those, items that no event names. */
  readonly unused: number
  readonly languages: readonly (readonly [language: string, items: number])[]
}

export interface HistoryFacts {
  readonly report: CleaningReport
  /** Share of the events whose item has no text. */
  readonly eventsWithoutText: number
  readonly botLike: readonly (BotLike & { readonly userId: string })[]
  /** Users whose last two events have one time: which of them came last is not known. */
  readonly usersTiedAtEnd: number
  /** Users with one event: nobody can be asked what comes next. */
  readonly usersOfOneEvent: number
  readonly medianEvents: number
  readonly mostEvents: number
  /** Items of fewer than five events: the regression says little about them. */
  readonly rareItems: number
  /** Share of all pairs of a user and an item that happened. */
  readonly density: number
}

/** 6 August 1991, the first web site. */
const WEB_MS = Date.UTC(1991, 7, 6)
const RARE = 5

export function inspect(raw: RawData, nowMs: EpochMs): Inspection {
  const used = new Set(raw.events.map(({ itemId }) => itemId))
  const languages = new Map<string, number>()
  for (const text of raw.texts.values()) {
    const language = languageOfText(text)
    languages.set(language, (languages.get(language) ?? 0) + 1)
  }
  return {
    name: raw.name,
    brokenRows: raw.brokenRows,
    broken: raw.broken,
    describedTwice: raw.describedTwice,
    notPositive: raw.notPositive,
    time: timeTravelOf(raw.events, nowMs),
    texts: {
      items: raw.texts.size,
      unused: [...raw.texts.keys()].filter((itemId) => !used.has(itemId)).length,
      languages: [...languages].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)),
    },
    history: raw.events.length > 0 ? factsOf(clean(raw, { minCore: 1, seed: 1 })) : undefined,
  }
}

function timeTravelOf(events: readonly RawEvent[], nowMs: EpochMs): TimeTravel {
  const newest = new Map<string, EpochMs>()
  let [afterNow, beforeWeb, outOfOrder] = [0, 0, 0]
  for (const { userId, occurredAtMs } of events) {
    if (occurredAtMs > nowMs) afterNow++
    if (occurredAtMs < WEB_MS) beforeWeb++
    const before = newest.get(userId)
    if (before !== undefined && occurredAtMs < before) outOfOrder++
    else newest.set(userId, occurredAtMs)
  }
  return { afterNow, beforeWeb, outOfOrder }
}

function factsOf({ history, report, texts, userIds }: Dataset): HistoryFacts {
  const { starts, items, times, catalogSize } = history
  const lengths = starts.slice(1).map((end, user) => end - starts[user]!)
  const sorted = lengths.toSorted()
  const perItem = new Int32Array(catalogSize)
  for (const item of items) perItem[item]!++
  const tiedAtEnd = userIds.filter((_, user) => {
    const end = starts[user + 1]!
    return lengths[user]! > 1 && times[end - 1] === times[end - 2]
  })
  return {
    report,
    eventsWithoutText: items.filter((item) => texts[item] === undefined).length / items.length,
    botLike: botLikeUsers(history).map((found) => ({ ...found, userId: userIds[found.user]! })),
    usersTiedAtEnd: tiedAtEnd.length,
    usersOfOneEvent: lengths.filter((length) => length === 1).length,
    medianEvents: sorted[Math.floor(sorted.length / 2)]!,
    mostEvents: sorted.at(-1)!,
    rareItems: perItem.filter((count) => count < RARE).length,
    density: (items.length * (1 - report.repeatShare)) / (userIds.length * catalogSize),
  }
}
