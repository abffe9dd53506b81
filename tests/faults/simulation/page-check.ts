import { isDeepStrictEqual } from 'node:util'
import { decodeImpression, shownPageOf, shownTo } from '../../../libs/event/impression.ts'
import { encodeShownPage } from '../../../libs/store/shown-codec.ts'
import { committedPartitions } from './committed-partitions.ts'
import type { Outcome } from './outcome-check.ts'
import { topics, userIds } from './small-world.ts'

/** What is wrong with the pages that are kept, and with how often items are counted as shown. No page is there of what was
 *  shown to somebody before they were forgotten; where nobody was, each is there that the log holds. */
export function pageProblems(outcome: Outcome): string[] {
  const { data, stored, ledger, circumstances } = outcome
  const due = new Map<string, string[]>()
  for (const record of data.topics.get(topics.impressions)!.flat()) {
    const impression = decodeImpression(record)
    const [to, page] = [shownTo(impression), shownPageOf(impression)]
    const theirs = due.get(to) ?? []
    due.set(to, theirs)
    if (page.shownAtMs > ledger.forgottenAtMs(to)) theirs.push(encodeShownPage(page))
  }
  const found = countProblems(outcome)
  for (const [to, pages] of due) {
    const kept = (stored.shown.get(to)?.pages ?? []).map(encodeShownPage)
    if (kept.some((page) => !pages.includes(page))) found.push(`${to} was forgotten, and a page is kept`)
    if (!circumstances.forgetting && !isDeepStrictEqual(kept.sort(), pages.sort()))
      found.push(`of the pages shown to ${to} ${kept.length} are kept of ${pages.length}`)
  }
  return found
}

function countProblems(outcome: Outcome): string[] {
  return committedPartitions(outcome, topics.impressions, (name, { position, trending }, records) => {
    const shown = new Map<string, number>()
    for (const { items, sampled } of records.map(decodeImpression)) {
      for (const { itemId } of items) shown.set(itemId, (shown.get(itemId) ?? 0) + 1 / sampled)
    }
    return position === records.length && isDeepStrictEqual(trending.weights, shown)
      ? []
      : [`${name} has counted its pages wrongly`]
  })
}

/** Of each user the newest record of the users topic is what is stated. */
export function profileProblems({ data, stored }: Outcome): string[] {
  const stated = new Map<string, unknown>()
  for (const { key, value } of data.topics.get(topics.users)!.flat())
    stated.set(key!.toString(), value === null ? undefined : JSON.parse(value.toString()))
  return userIds
    .filter((userId) => !isDeepStrictEqual(stored.profiles.get(userId)?.value, stated.get(userId)))
    .map((userId) => `what ${userId} stated is not what the log says last`)
}
