import type { FastifySchemaCompiler } from 'fastify'
import { z } from 'zod'
import type { ErrorCode } from '../errors/error-codes.ts'
import { shapeProblem } from '../event/shape-problem.ts'

/** Codes of request fields that have one of their own, wherever they stand. */
const codeByField: Readonly<Record<string, ErrorCode>> = {
  limit: 'HL_LIMIT',
  query: 'HL_QUERY',
  itemIds: 'HL_RANK_CANDIDATES',
  type: 'HL_EVENT_TYPE',
  weight: 'HL_EVENT_WEIGHT',
  occurredAt: 'HL_EVENT_TIME',
}

/** Schemas of bodies whose misshapes have a code of their own. */
export const misshapes = z.registry<{ readonly code: ErrorCode }>()

/** Checks a part of the request against its zod schema; what does not fit becomes one error with its own code. */
export const zodValidation: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const noun = httpPart === 'body' ? 'body' : 'request'
  return (value: unknown) => checked(schema, value, noun)
}

/** In the form that Fastify expects of a validator. */
export function checked(
  schema: z.ZodType,
  value: unknown,
  noun: string,
): { value: unknown } | { error: Error } {
  const parsed = schema.safeParse(value)
  if (parsed.success) return { value: parsed.data }
  const otherwise = misshapes.get(schema)?.code ?? 'HL_REQUEST'
  return { error: shapeProblem(noun, value, parsed.error, codeByField, otherwise) }
}

/** `limit` of a list: how many to answer with. */
export const limitParameter = z.coerce.number().int().min(1).max(1_000).default(10)
