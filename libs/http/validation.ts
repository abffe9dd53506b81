import type { FastifySchemaCompiler } from 'fastify'
import { z } from 'zod'
import type { ErrorCode } from '../errors/error-codes.ts'
import { unknownField } from '../errors/unknown-field.ts'
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

/** In the form that Fastify expects of a validator. */
type Validation = (value: unknown) => { value: unknown } | { error: Error }

/** Checks a part of the request against its zod schema; what does not fit becomes one error with its own code. */
export const zodValidation: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const noun = httpPart === 'body' ? 'body' : 'request'
  return (value: unknown) => checked(schema, value, noun)
}

/** For a body that is judged otherwise than by its schema, which then only describes it. */
export function bodyJudgedBy(judge: Validation): FastifySchemaCompiler<unknown> {
  return ({ schema, ...part }) =>
    part.httpPart === 'body' ? judge : zodValidation({ ...part, schema: schema as z.ZodType })
}

export function checked(schema: z.ZodType, value: unknown, noun: string): ReturnType<Validation> {
  const parsed = schema.safeParse(value, { error: unknownField })
  if (parsed.success) return { value: parsed.data }
  const otherwise = misshapes.get(schema)?.code ?? 'HL_REQUEST'
  return { error: shapeProblem(noun, value, parsed.error, codeByField, otherwise) }
}
