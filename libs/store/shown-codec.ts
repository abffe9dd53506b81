import { z } from 'zod'
import type { ShownPage } from '../event/impression.ts'
import { decodingRecord } from './corrupt-record.ts'
import { decodeJson } from './json-codec.ts'

/* A shown page, JSON: {"id","scenario","variant","at","sources":[…],"items":[[itemHash, index into sources], …]}
 * The same page is always the same text: it is by that text that a page added again is known. */

const pageSchema = z.object({
  id: z.string(),
  scenario: z.string(),
  variant: z.string(),
  at: z.number(),
  sources: z.array(z.string()),
  items: z.array(z.tuple([z.number().int(), z.number().int()])),
})

export function encodeShownPage({
  recommendationId,
  scenario,
  variant,
  shownAtMs,
  items,
}: ShownPage): string {
  const sources = [...new Set(items.map(({ source }) => source))]
  return JSON.stringify({
    id: recommendationId,
    scenario,
    variant,
    at: shownAtMs,
    sources,
    items: items.map(({ itemHash, source }) => [itemHash, sources.indexOf(source)]),
  })
}

/** @throws HL_STORE_CORRUPT */
export function decodeShownPage(to: string, text: string): ShownPage {
  const { id, scenario, variant, at, sources, items } = decodingRecord('shown page of', to, () =>
    decodeJson(text, pageSchema, 'page'),
  )
  return {
    recommendationId: id,
    scenario,
    variant,
    shownAtMs: at,
    items: items.map(([itemHash, index]) => ({ itemHash, source: sources[index] ?? '' })),
  }
}

export function newestPageFirst(a: ShownPage, b: ShownPage): number {
  return b.shownAtMs - a.shownAtMs || (a.recommendationId < b.recommendationId ? -1 : 1)
}
