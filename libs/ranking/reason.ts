import { elapsed } from '../interest/decay.ts'
import type { RememberedEvent } from '../interest/remembered-event.ts'
import type { DurationMs, EpochMs } from '../interest/time.ts'
import type { Attribution } from './attribute-score.ts'

export type ReasonLanguage = 'en' | 'zh'

/** Why an item is on the page. */
export type Reason =
  | {
      readonly kind: 'event'
      readonly event: RememberedEvent
      readonly title: string
      readonly portion: number
    }
  | { readonly kind: 'older-interest' | 'trending' | 'first-look' | 'query' | 'similar' | 'supplied' }

/** The event with the largest share, if it speaks for the item at all; else what lies before memory.
 *  `portion` is its part of all that speaks for the item. */
export function reasonOf(attribution: Attribution, titleOf: (itemId: string) => string | undefined): Reason {
  const [largest] = attribution.shares
  const title = largest === undefined ? undefined : titleOf(largest.event.itemId)
  if (largest === undefined || title === undefined || largest.share <= Math.max(0, attribution.older)) {
    return { kind: 'older-interest' }
  }
  const speaking = attribution.shares.reduce((sum, { share }) => sum + Math.max(0, share), 0)
  const portion = largest.share / (speaking + Math.max(0, attribution.older))
  return { kind: 'event', event: largest.event, title, portion }
}

/** The reason in one line. */
export function reasonLine(reason: Reason, nowMs: EpochMs, language: ReasonLanguage): string {
  const words = vocabulary[language]
  if (reason.kind !== 'event') return words[reason.kind]
  const ago = agoIn(language, elapsed(nowMs, reason.event.occurredAtMs))
  return words.event(words.verbs[reason.event.type], reason.title, ago, Math.round(reason.portion * 100))
}

const vocabulary = {
  en: {
    event: (verb: string | undefined, title: string, ago: string, percent: number) =>
      `Because you ${verb ?? 'chose'} “${title}” ${ago} (${percent} % of what speaks for it)`,
    verbs: {
      view: 'viewed',
      click: 'clicked',
      like: 'liked',
      cart: 'put in your cart',
      purchase: 'bought',
    } as Verbs,
    'older-interest': 'Close to what you have long been interested in',
    trending: 'Many people want this now',
    'first-look': 'A first look around',
    query: 'Matches what you asked for',
    similar: 'Like the item you are looking at',
    supplied: 'Closest to the vector supplied',
  },
  zh: {
    event: (verb: string | undefined, title: string, ago: string, percent: number) =>
      `因为你${ago}${verb ?? '选择'}了${inBookMarks(title)}（占推荐理由的 ${percent}%）`,
    verbs: { view: '浏览', click: '点击', like: '喜欢', cart: '加购', purchase: '购买' } as Verbs,
    'older-interest': '与你长期以来的兴趣相近',
    trending: '现在很多人想要',
    'first-look': '先随便看看',
    query: '符合你的搜索',
    similar: '与你正在看的相似',
    supplied: '与所给向量最接近',
  },
} as const

/** Chinese titles often bring their marks along. */
function inBookMarks(title: string): string {
  return title.includes('《') ? title : `《${title}》`
}

type Verbs = Readonly<Record<string, string>>

/** Units of time, longest first, in ms. */
const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

function agoIn(language: ReasonLanguage, elapsedMs: DurationMs): string {
  for (const [unit, lengthMs] of units) {
    const count = Math.floor(elapsedMs / lengthMs)
    if (count > 0) return new Intl.RelativeTimeFormat(language).format(-count, unit)
  }
  return language === 'zh' ? '刚刚' : 'just now'
}
