import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import { problemAnswers } from '../../libs/http/problem-schema.ts'
import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import { isBlank } from '../../libs/interest/user-state.ts'
import { LlmError } from '../../libs/llm/llm-failure.ts'
import type { ReasonLanguage } from '../../libs/ranking/reason.ts'
import type { CatalogView } from './catalog-view.ts'
import type { InterestSentences } from './interest-sentence.ts'
import { type InterestsAnswer, interestsOf, interestsSchema } from './interests-of.ts'
import { userParams } from './page-routes.ts'
import { languageOf } from './put-into-words.ts'
import type { ScorerTelemetry } from './scorer-telemetry.ts'
import type { Viewers } from './viewer.ts'

export interface InterestsRoutesOptions {
  readonly viewers: Viewers
  readonly catalog: CatalogView
  readonly shape: InterestShape
  readonly now: () => number
  /** undefined: there is no language model. */
  readonly sentences: InterestSentences | undefined
  readonly say: ScorerTelemetry
}

export async function interestsRoutes(app: FastifyInstance, options: InterestsRoutesOptions): Promise<void> {
  const { viewers, catalog, shape, now, sentences, say } = options
  async function inOneSentence(
    { interests }: InterestsAnswer,
    language: ReasonLanguage,
  ): Promise<Pick<InterestsAnswer, 'sentence' | 'degraded'>> {
    if (sentences === undefined || interests.length === 0) return {}
    try {
      const sentence = await sentences.sentenceOf(interests, language)
      say.llmAsked({ purpose: 'sentence', outcome: 'answered' })
      return { sentence }
    } catch (error) {
      if (!(error instanceof LlmError)) throw error
      say.llmAsked({ purpose: 'sentence', outcome: error.reason, error })
      return { degraded: [{ stage: 'llm', reason: error.reason }] }
    }
  }

  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/users/:userId/interests',
    {
      schema: {
        operationId: 'interests',
        summary: 'What a user is interested in, and whether it rises or fades',
        tags: ['users'],
        params: userParams,
        response: { 200: interestsSchema, ...problemAnswers },
      },
    },
    async (request) => {
      const { userId } = request.params
      const { state } = await viewers.userOf(userId)
      if (state === undefined || isBlank(state)) {
        throw new HalflifeError('HL_USER_UNKNOWN', `nothing is held about user ${userId}`)
      }
      const answer = interestsOf(userId, state, { shape, catalog, nowMs: now() })
      return { ...answer, ...(await inOneSentence(answer, languageOf(request.headers['accept-language']))) }
    },
  )
}
