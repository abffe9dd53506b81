import { z } from 'zod'
import { errorCodes } from '../errors/error-codes.ts'
import { PROBLEM_TYPE } from './problem.ts'

const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.enum(Object.keys(errorCodes) as [string, ...string[]]),
  detail: z.string(),
})

const problem = { content: { [PROBLEM_TYPE]: { schema: problemSchema } } }

/** What any call may answer instead, for the OpenAPI document; see problem.ts. */
export const problemAnswers = { '4xx': problem, 503: problem }
