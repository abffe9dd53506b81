import { messageOf } from '../../../libs/errors/halflife-error.ts'
import type { Scrape } from './frame-figures.ts'
import { metricSamples } from './metric-samples.ts'

/** What one service of those that are watched says of itself. */
export interface ServiceState {
  readonly url: string
  readonly service: string
  /** `ready`, or what it waits for, or why it does not answer. */
  readonly state: string
}

export interface Look {
  readonly scrape: Scrape
  readonly services: readonly ServiceState[]
}

const PATIENCE_MS = 3_000

/** Asks every service once, side by side. A service that does not answer is part of the picture. */
export async function lookAt(urls: readonly string[]): Promise<Look> {
  const looks = await Promise.all(urls.map(lookAtOne))
  const samples = looks.flatMap((look) => look.samples)
  return { scrape: { atMs: performance.now(), samples }, services: looks.map(({ said }) => said) }
}

async function lookAtOne(url: string) {
  try {
    const [metrics, ready] = await Promise.all([ask(`${url}/metrics`), ask(`${url}/readyz`)])
    const samples = metricSamples(await metrics.text())
    const { checks = {}, degraded = {} } = (await ready.json()) as Record<string, Record<string, string>>
    const troubles = [
      ...Object.entries(checks).filter(([, state]) => state !== 'ok'),
      ...Object.entries(degraded),
    ]
    const state = troubles.map(([what, detail]) => `${what}: ${detail}`).join('; ')
    const said = {
      url,
      service: samples[0]?.labels.service ?? '?',
      state: state || (ready.ok ? 'ready' : 'not ready'),
    }
    return { samples, said }
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
    return { samples: [], said: { url, service: '?', state: `does not answer (${messageOf(cause)})` } }
  }
}

/** Titles of what is wanted most now, or of what one user is interested in, with a word on each; the first service that
 *  can say is asked. Empty when none can. */
export async function topInterests(
  urls: readonly string[],
  userId: string | undefined,
  apiKey: string | undefined,
): Promise<(readonly [title: string, note: string])[]> {
  const headers: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }
  const path =
    userId === undefined ? '/v1/trending?limit=5' : `/v1/users/${encodeURIComponent(userId)}/interests`
  for (const url of urls) {
    const answer = await ask(url + path, headers).catch(() => undefined)
    if (!answer?.ok) continue
    return userId === undefined ? trending(await answer.json()) : interests(await answer.json())
  }
  return []
}

interface Trending {
  readonly items: readonly { readonly title: string; readonly score: number }[]
}

function trending(answer: unknown): (readonly [string, string])[] {
  return (answer as Trending).items.map(({ title, score }) => [title, score.toFixed(1)])
}

interface Interests {
  readonly interests: readonly {
    readonly exemplars: readonly { readonly title: string }[]
    readonly share: number
    readonly trend: string
  }[]
}

function interests(answer: unknown): (readonly [string, string])[] {
  return (answer as Interests).interests.map(({ exemplars, share, trend }) => [
    exemplars.map(({ title }) => title).join(' · '),
    `${Math.round(100 * share)} %, ${trend}`,
  ])
}

function ask(url: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE_MS) })
}
