import type { FastifySchemaCompiler } from 'fastify'
import { z } from 'zod'
import type { ErrorCode } from '../errors/error-codes.ts'
import { shapeProblem } from '../event/shape-problem.ts'

/** Codes of request fields that have one of their own, wherever they stand. */
const codeByField: Readonly<Record<string, ErrorCode>> = {
  limit: 'HL_LIMIT',
  query: 'HL_QUERY',
  itemIds: 'HL_RANK_CANDIDATES',
}

/** Checks a part of the request against its zod schema; what does not fit becomes one error with its own code. */
export const zodValidation: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (value: unknown) => {
    const parsed = schema.safeParse(value)
    if (parsed.success) return { value: parsed.data }
    const noun = httpPart === 'body' ? 'body' : 'request'
    return { error: shapeProblem(noun, value, parsed.error, codeByField, 'HL_REQUEST') }
  }
}

/** `limit` of a list: how many to answer with. */
export const limitParameter = z.coerce.number().int().min(1).max(1_000).default(10)
