import { z } from 'zod'
import { errorCodes } from '../errors/error-codes.ts'

/** For the OpenAPI document; see problem.ts. */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.enum(Object.keys(errorCodes) as [string, ...string[]]),
  detail: z.string(),
})
