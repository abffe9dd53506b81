import type { EventInput } from '../../../libs/event/event.ts'
import type { ItemInput } from '../../../libs/event/item.ts'

/** Halflife as a product sees it. Each call rejects when it is not answered with a 2xx within five seconds: with a
 *  `Refusal` where asking again would not help. */
export interface HalflifeApi {
  putItems(items: readonly ItemInput[]): Promise<void>
  sendEvents(events: readonly EventInput[]): Promise<void>
  recommend(userId: string): Promise<Recommended>
  search(query: string, userId: string): Promise<Recommended>
}

export interface Recommended {
  readonly recommendationId: string
  readonly items: readonly { readonly itemId: string }[]
}

export interface HalflifeAddress {
  /** Where events and items go, and where answers come from: one and the same behind one port. */
  readonly eventsUrl: string
  readonly answersUrl: string
  readonly apiKey: string | undefined
}

export class Refusal extends Error {}

const PATIENCE_MS = 5_000

export function halflifeApi({ eventsUrl, answersUrl, apiKey }: HalflifeAddress): HalflifeApi {
  async function call(url: string, method: string, body?: unknown): Promise<unknown> {
    const headers = {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    }
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const answer = await fetch(url, { method, headers, signal, ...sent })
    const text = await answer.text()
    const detail = `${method} ${url} was answered with ${answer.status}: ${text}`
    if (answer.status >= 400 && answer.status < 500) throw new Refusal(detail)
    if (!answer.ok) throw new Error(detail)
    return JSON.parse(text)
  }
  return {
    putItems: async (items) => void (await call(`${eventsUrl}/v1/items`, 'POST', items)),
    sendEvents: async (events) => void (await call(`${eventsUrl}/v1/events`, 'POST', events)),
    async recommend(userId) {
      const url = `${answersUrl}/v1/users/${encodeURIComponent(userId)}/recommendations`
      return (await call(url, 'GET')) as Recommended
    },
    async search(query, userId) {
      return (await call(`${answersUrl}/v1/search`, 'POST', { query, userId })) as Recommended
    },
  }
}
