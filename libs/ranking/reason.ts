import { elapsed } from '../interest/decay.ts'
import type { RememberedEvent } from '../interest/remembered-event.ts'
import type { DurationMs, EpochMs } from '../interest/time.ts'
import type { Explanation } from './explanation.ts'
import type { SourceName } from './source-name.ts'

export type ReasonLanguage = 'en' | 'zh'

/** Why an item is on the page. */
export type Reason =
  | {
      readonly kind: 'event'
      readonly event: RememberedEvent
      readonly title: string
      readonly portion: number
    }
  | { readonly kind: PlainReason }

/** Reasons that need no particulars. */
export type PlainReason =
  | 'older-interest'
  | 'stated-interests'
  | 'follows'
  | 'segment'
  | 'first-look'
  | Exclude<SourceName, 'interests'>

/** Of the source that speaks loudest, the event with the largest share, if it says more than what lies before memory.
 *  `portion` is its part of all that speaks for the item. */
export function reasonOf(
  explanation: Explanation,
  leading: SourceName,
  titleOf: (itemId: string) => string | undefined,
): Reason {
  const older = explanation.older.find(({ source }) => source === leading)
  if (older === undefined) return { kind: leading === 'interests' ? 'older-interest' : leading }
  const largest = largestOf(explanation.events, leading)
  const title = largest && titleOf(largest.event.itemId)
  if (largest === undefined || title === undefined || largest.share <= Math.max(0, older.share)) {
    return { kind: leading === 'interests' ? 'older-interest' : leading }
  }
  return { kind: 'event', event: largest.event, title, portion: largest.share / speakingFor(explanation) }
}

/** The sum of all shares above 0, of single events where a source is made of them. */
function speakingFor({ shares, events, older }: Explanation): number {
  const whole = shares.filter((share) => {
    if ('stage' in share) return share.stage !== 'baseline'
    return older.every(({ source }) => source !== share.source)
  })
  let sum = 0
  for (const parts of [events, older, whole]) for (const { share } of parts) sum += Math.max(0, share)
  return sum
}

function largestOf(
  events: Explanation['events'],
  from: SourceName,
): Explanation['events'][number] | undefined {
  let largest: Explanation['events'][number] | undefined
  for (const event of events) {
    if (event.source === from && (largest === undefined || event.share > largest.share)) largest = event
  }
  return largest
}

/** The reason in one line. */
export function reasonLine(reason: Reason, nowMs: EpochMs, language: ReasonLanguage): string {
  const words = vocabulary[language]
  if (reason.kind !== 'event') return words[reason.kind]
  const { type, weight, occurredAtMs } = reason.event
  const ago = agoIn(language, elapsed(nowMs, occurredAtMs))
  const say = weight < 0 ? words.unlike : words.event
  return say(words.verbs[type], reason.title, ago, Math.round(reason.portion * 100))
}

const vocabulary = {
  en: {
    event: (verb: string | undefined, title: string, ago: string, percent: number) =>
      `Because you ${verb ?? 'chose'} “${title}” ${ago} (${percent} % of what speaks for it)`,
    unlike: (verb: string | undefined, title: string, ago: string, percent: number) =>
      `Unlike “${title}”, which you ${verb ?? 'turned down'} ${ago} (${percent} % of what speaks for it)`,
    verbs: {
      view: 'viewed',
      click: 'clicked',
      like: 'liked',
      cart: 'put in your cart',
      purchase: 'bought',
      dislike: 'disliked',
      return: 'returned',
    } as Verbs,
    'older-interest': 'Close to what you have long been interested in',
    'stated-interests': 'Matches what you said you are interested in',
    follows: 'Close to what people you follow are interested in',
    segment: 'Close to what people like you are interested in',
    'item-item': 'Often wanted together with what you chose',
    neighbors: 'People with a taste like yours want this',
    trending: 'Many people want this now',
    'first-look': 'A first look around',
    query: 'Matches what you asked for',
    similar: 'Like the item you are looking at',
    vector: 'Closest to the vector supplied',
    fresh: 'New here',
    supplied: 'Chosen for this page',
  },
  zh: {
    event: (verb: string | undefined, title: string, ago: string, percent: number) =>
      `因为你${ago}${verb ?? '选择'}了${inBookMarks(title)}（占推荐理由的 ${percent}%）`,
    unlike: (verb: string | undefined, title: string, ago: string, percent: number) =>
      `与你${ago}${verb ?? '拒绝'}的${inBookMarks(title)}不同（占推荐理由的 ${percent}%）`,
    verbs: {
      view: '浏览',
      click: '点击',
      like: '喜欢',
      cart: '加购',
      purchase: '购买',
      dislike: '不喜欢',
      return: '退货',
    } as Verbs,
    'older-interest': '与你长期以来的兴趣相近',
    'stated-interests': '符合你说过的兴趣',
    follows: '与你关注的人的兴趣相近',
    segment: '与和你相似的人群的兴趣相近',
    'item-item': '常与你选择的内容一起被选择',
    neighbors: '与你口味相近的人想要',
    trending: '现在很多人想要',
    'first-look': '先随便看看',
    query: '符合你的搜索',
    similar: '与你正在看的相似',
    vector: '与所给向量最接近',
    fresh: '新上架',
    supplied: '为此页面挑选',
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

/** Made once: making one takes longer than all the rest of a reason. */
const formats = { en: new Intl.RelativeTimeFormat('en'), zh: new Intl.RelativeTimeFormat('zh') }

function agoIn(language: ReasonLanguage, elapsedMs: DurationMs): string {
  for (const [unit, lengthMs] of units) {
    const count = Math.floor(elapsedMs / lengthMs)
    if (count > 0) return formats[language].format(-count, unit)
  }
  return language === 'zh' ? '刚刚' : 'just now'
}
