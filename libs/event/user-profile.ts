import { z } from 'zod'
import { identifier } from './identifier.ts'
import { attributesSchema } from './item.ts'

/** What a user stated, as against what they did: contract v1, `PUT /v1/users/{userId}` and topic `halflife.users`. */
export const userProfileSchema = z.object({
  attributes: attributesSchema.optional(),
  /** Sentences in any language, such as "I like slow crime novels". */
  statedInterests: z.array(z.string().min(1).max(1_000)).max(20).optional(),
  follows: z.array(identifier).max(1_000).optional(),
})

export type UserProfile = z.infer<typeof userProfileSchema>
