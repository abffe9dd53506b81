import { z } from 'zod'
import { boostSchema } from '../ranking/boosts.ts'
import { diversitySchema } from '../ranking/diversity.ts'
import { explorationSchema } from '../ranking/explore.ts'
import { filtersSchema } from '../ranking/filters.ts'
import { sourceNames } from '../ranking/source-name.ts'

/** A scenario says how one kind of page is made: which sources propose, what is let through, in which order. */

const part = z.number().min(0).max(1)
const name = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'is no name of lower-case letters, digits and dashes')

export const sourceSettingsSchema = z
  .strictObject({
    /** In the blend; 0 proposes without a say in the order. */
    weight: z.number().min(0).max(100).default(1),
    /** How many candidates it proposes, at least as many as the page has places. */
    limit: z.number().int().min(1).max(1_000).default(50),
    /** Part of the page's places that its proposals get, if it has as many. */
    atLeast: part.default(0),
    /** Part of the page's places that its proposals get at most. */
    atMost: part.default(1),
  })
  .refine(({ atLeast, atMost }) => atLeast <= atMost, { error: 'has atLeast above atMost' })

export const scenarioSchema = z.strictObject({
  description: z.string().max(500).default(''),
  /** Places on a page, where the request does not say. */
  limit: z.number().int().min(1).max(1_000).default(10),
  /** Sources that have not answered by then are left out, milliseconds. */
  deadlineMs: z.number().int().min(1).max(10_000).default(50),
  sources: z.partialRecord(z.enum(sourceNames), sourceSettingsSchema).default({}),
  /** What each vector space and each timescale counts; the settings SPACE_WEIGHTS and TIMESCALE_WEIGHTS where absent, and
   *  where no timescale of these names exists. */
  spaces: z.record(z.string(), z.number()).optional(),
  timescales: z.record(z.string(), z.number()).optional(),
  interests: z
    .strictObject({
      /** Into how many interests a user's events are split at most; 1 does not split. */
      most: z.number().int().min(1).max(20).default(5),
      /** Share the places out among the interests by mass. */
      seats: z.boolean().default(true),
    })
    .prefault({}),
  filters: filtersSchema.prefault({}),
  boosts: z.array(boostSchema).max(100).default([]),
  diversity: diversitySchema.prefault({}),
  exploration: explorationSchema.prefault({}),
  impressions: z
    .strictObject({
      /** Part of the answers, 0 to 1, that are written down in the topic of impressions; clicks count for these alone. */
      sampled: part.default(1),
    })
    .prefault({}),
  llm: z
    .strictObject({
      /** Let the language model of the settings put the first 20 places in order. */
      rerank: z.boolean().default(false),
    })
    .prefault({}),
  supplied: z
    .strictObject({
      /** Rank the caller's list alone; false: it is one source among the others. */
      only: z.boolean().default(true),
    })
    .prefault({}),
  /** Names the draw by which users fall to variants: scenarios of one experiment split their users alike. The
   *  scenario's own name where absent. */
  experiment: name.optional(),
})

/** A scenario as it is in force, variants aside. */
export type Scenario = z.infer<typeof scenarioSchema>
export type SourceSettings = z.infer<typeof sourceSettingsSchema>

/** What of the traffic gets which changes. What the variants leave is the scenario itself. */
export const variantSchema = z.strictObject({
  /** Part of the users, 0 to 1. */
  traffic: part,
  /** Merged into the scenario as RFC 7396 says: objects by field, anything else instead, null removes. */
  change: z.record(z.string(), z.unknown()).default({}),
})

export const scenarioName = name
