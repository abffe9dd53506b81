import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { traceOf } from '../../libs/telemetry/trace-context.ts'
import type { RankedAnswer } from './answer-schema.ts'
import type { CatalogView } from './catalog-view.ts'
import type { ImpressionLog } from './impression-log.ts'
import { basisOf, languageOf, putIntoWords } from './put-into-words.ts'
import type { Question } from './question.ts'
import type { Recommender } from './recommender.ts'
import type { ScorerTelemetry } from './scorer-telemetry.ts'
import type { Turnstile } from './turnstile.ts'

export interface AnsweringOptions {
  readonly recommender: Recommender
  readonly catalog: CatalogView
  readonly turnstile: Turnstile
  readonly say: ScorerTelemetry
  /** undefined: there is no log to write to. */
  readonly impressions: ImpressionLog | undefined
  /** Why the space of text is not the Transformer's; every answer then says so in a header. */
  readonly degraded: string | undefined
}

export type Answering = (
  request: FastifyRequest,
  question: Omit<Question, 'recommendationId'>,
  explain: boolean,
) => Promise<RankedAnswer>

/** The one place where an answer is begun, timed, put into words and told of. */
export function answering(options: AnsweringOptions): Answering {
  const { recommender, catalog, turnstile, say, impressions, degraded } = options
  return async (request, question, explain) => {
    const start = performance.now()
    const recommendationId = randomUUID()
    const lap = say.stopwatch(request.headers)
    const language = languageOf(request.headers['accept-language'])
    const ranking = await turnstile.pass((stillWanted) => {
      lap('wait')
      return recommender.rank({ ...question, recommendationId, language, stillWanted, lap })
    })
    const answer = putIntoWords(ranking, {
      titleOf: (itemId) => catalog.itemOf(itemId)?.title,
      language,
      explain,
    })
    lap('explain')
    say.ranked({
      recommendationId,
      basis: basisOf(ranking),
      scenario: answer.scenario,
      variant: answer.variant ?? '',
      items: answer.items.length,
      seconds: (performance.now() - start) / 1_000,
      degraded: degraded === undefined ? whatIsDegraded(answer) : 'embedder',
      trace: traceOf(request.headers),
    })
    // Whoever asks for the head alone, as probes do, is shown nothing.
    if (request.method !== 'HEAD') impressions?.note(ranking, request.headers)
    return answer
  }
}

/** A source weighs more than the last touch. */
function whatIsDegraded({ degraded = [] }: RankedAnswer): 'source' | 'llm' | undefined {
  if (degraded.some((each) => 'source' in each)) return 'source'
  return degraded.length > 0 ? 'llm' : undefined
}
