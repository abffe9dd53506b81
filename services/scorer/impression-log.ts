import type { FastifyRequest } from 'fastify'
import { encodeRecord } from '../../libs/event/encode-record.ts'
import { type Impression, shownTo } from '../../libs/event/impression.ts'
import type { EventLog, NewRecord } from '../../libs/log/event-log.ts'
import { draw } from '../../libs/ranking/draw.ts'
import { traceHeaders } from '../../libs/telemetry/trace-context.ts'
import { explainedSource } from './reason-for.ts'
import type { Ranking } from './recommender.ts'
import type { ScorerTelemetry } from './scorer-telemetry.ts'

/** Where it is written down what was shown. An answer never waits for it, and never fails because of it. */
export interface ImpressionLog {
  note(ranking: Ranking, headers: FastifyRequest['headers']): void
  /** Appends what has been noted. */
  close(): Promise<void>
}

/** Pages of so many ms share an append: one for each would take a twentieth of an answer's CPU, and as much of the log's. */
const GATHERED_MS = 20
/** While the log is away so many pages wait for it; what comes beyond is dropped, and counted. */
const MOST_WAITING = 1_000

export interface ImpressionLogOptions {
  readonly log: Pick<EventLog, 'append'>
  readonly topic: string
  readonly say: ScorerTelemetry
}

export function impressionLog({ log, topic, say }: ImpressionLogOptions): ImpressionLog {
  let gathered: NewRecord[] = []
  let gathering: NodeJS.Timeout | undefined
  /** Pages that are gathered, or whose append is under way. */
  let waiting = 0

  async function append(): Promise<void> {
    clearTimeout(gathering)
    const records = gathered
    gathered = []
    try {
      await log.append(topic, records)
      say.impressionsLogged(records.length)
    } catch (error) {
      say.impressionsLost({ reason: 'failed', pages: records.length, error })
    } finally {
      waiting -= records.length
    }
  }

  function gather(record: NewRecord): void {
    waiting++
    if (gathered.push(record) === 1) gathering = setTimeout(append, GATHERED_MS)
  }

  return {
    note(ranking, headers) {
      const impression = impressionOf(ranking)
      if (impression === undefined) return
      if (waiting >= MOST_WAITING) say.impressionsLost({ reason: 'crowded', pages: 1 })
      else gather({ ...encodeRecord(shownTo(impression), impression), headers: traceHeaders(headers) })
    },
    async close() {
      if (gathered.length > 0) await append()
    },
  }
}

/** undefined: not to be written down, because it is not in the sample or was asked for in private. */
function impressionOf({ inquiry, draft }: Ranking): Impression | undefined {
  const { question, chosen, nowMs } = inquiry
  const { recommendationId, who, about } = question
  const { sampled } = chosen.scenario.impressions
  const inPrivate = who.kind === 'state' || about.vector !== undefined
  if (inPrivate || draw(`${recommendationId} impression`) >= sampled) return undefined
  return {
    recommendationId,
    ...(who.kind === 'user' && { userId: who.userId }),
    shownAt: new Date(nowMs).toISOString(),
    scenario: chosen.name,
    ...(chosen.variant !== undefined && { variant: chosen.variant }),
    sampled,
    items: draft.page.map(({ candidate, exploration }, index) => ({
      itemId: candidate.itemId,
      position: index + 1,
      source: explainedSource(candidate, exploration, draft),
    })),
  }
}
