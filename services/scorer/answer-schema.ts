import { z } from 'zod'
import { llmFailures } from '../../libs/llm/llm-failure.ts'
import { sourceNames } from '../../libs/ranking/source-name.ts'
import { bases } from './basis.ts'

const source = z.enum(sourceNames)
const share = z.number()

export const llmFailureSchema = z.object({ stage: z.literal('llm'), reason: z.enum(llmFailures) })

export const explanationSchema = z.object({
  shares: z
    .array(
      z.union([
        z.object({ source, share }),
        z.object({ stage: z.enum(['baseline', 'boosts', 'diversity']), rule: z.string().optional(), share }),
      ]),
    )
    .meta({ description: 'what each source and stage gave or took; they sum to the score' }),
  events: z
    .array(
      z.object({
        itemId: z.string(),
        title: z
          .string()
          .nullable()
          .meta({ description: 'null when the item is not in the catalog any more' }),
        type: z.string(),
        occurredAt: z.iso.datetime(),
        source,
        share,
      }),
    )
    .meta({ description: 'what each remembered event gave through a source, largest first' }),
  olderInterest: z.array(z.object({ source, share })).meta({
    description: 'what no remembered event accounts for; with its events it sums to the share of its source',
  }),
})

export const rankedItemSchema = z.object({
  itemId: z.string(),
  score: z.number(),
  title: z.string(),
  reasons: z.array(z.string()).optional(),
  exploration: z
    .literal(true)
    .optional()
    .meta({ description: 'this place went to an item of which little is known' }),
  explanation: explanationSchema.optional().meta({ description: 'with explain=true' }),
})

export const rankedAnswerSchema = z.object({
  recommendationId: z.string(),
  scenario: z.string(),
  variant: z.string().optional().meta({ description: 'of an experiment; `control` is the scenario itself' }),
  basis: z.enum(bases).meta({ description: 'what the ranking rests on' }),
  degraded: z
    .array(z.union([z.object({ source, reason: z.enum(['late', 'failed']) }), llmFailureSchema]))
    .optional()
    .meta({ description: 'sources that were left out; a language model that was of no use' }),
  items: z.array(rankedItemSchema),
})

export type RankedAnswer = z.infer<typeof rankedAnswerSchema>
export type ExplanationAnswer = z.infer<typeof explanationSchema>
