import type { z } from 'zod'
import type { ErrorCode } from '../errors/error-codes.ts'
import { HalflifeError } from '../errors/halflife-error.ts'
import { innermostIssue } from '../errors/innermost-issue.ts'

/** Turns the first complaint of a schema into one error that names the field, the value and the rule.
 *  Fields named `…Id` get the HL_ID_ codes; `codeByField` names the codes of other fields. */
export function shapeProblem(
  noun: string,
  value: unknown,
  error: z.ZodError,
  codeByField: Readonly<Record<string, ErrorCode>>,
  otherwise: ErrorCode,
): HalflifeError {
  const unknown = error.issues.find(({ code }) => code === 'unrecognized_keys')
  if (unknown !== undefined) return new HalflifeError('HL_FIELD_UNKNOWN', unknown.message)
  const first = error.issues[0]!
  const issue = innermostIssue(first)
  // The innermost name: of ["events", 3, "type"] it is "type" that has a code of its own.
  const field = namedBySchema(issue.path).findLast((key) => typeof key === 'string')
  if (field === undefined) return wholeProblem(noun, value, issue, otherwise)
  if (first.code === 'invalid_key') {
    const [name, record] = [first.path.at(-1), first.path.slice(0, -1).join('.')]
    const detail = `${record} has the name ${shown(name)}: ${issue.message}`
    return new HalflifeError(tooLong(issue) ?? otherwise, detail)
  }
  const found = issue.path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  )
  const where = issue.path.join('.')
  if (found === undefined) {
    const code = field.endsWith('Id') ? 'HL_ID_MISSING' : (codeByField[field] ?? otherwise)
    return new HalflifeError(code, `the ${noun} has no ${where}`)
  }
  if (field.endsWith('Id') && typeof found === 'string') {
    const code = issue.code === 'custom' ? (issue.params?.code as ErrorCode) : 'HL_ID_EMPTY'
    return new HalflifeError(code, `${where} ${issue.message}`)
  }
  const code = codeByField[field] ?? tooLong(issue) ?? otherwise
  return new HalflifeError(code, `${where} is ${shown(found)}: ${issue.message}`)
}

/** Fields whose own fields whoever sends them names: an attribute `weight` is not the weight of an event. */
const FREELY_FILLED: readonly PropertyKey[] = ['attributes', 'context', 'vectors']

function namedBySchema(path: readonly PropertyKey[]): readonly PropertyKey[] {
  const free = path.findIndex((key) => FREELY_FILLED.includes(key))
  return free === -1 ? path : path.slice(0, free + 1)
}

/** What is wrong is no field: the value itself, the number of its entries, or one of them. */
function wholeProblem(
  noun: string,
  value: unknown,
  issue: z.core.$ZodIssue,
  otherwise: ErrorCode,
): HalflifeError {
  const [entry] = issue.path
  if (!Array.isArray(value) || (entry === undefined && issue.code === 'invalid_type'))
    return new HalflifeError(otherwise, `the ${noun} must be a JSON object, not ${shown(value)}`)
  if (entry === undefined) {
    const detail = `the ${noun} has ${value.length} entries: ${issue.message}`
    return new HalflifeError(tooLong(issue) ?? otherwise, detail)
  }
  const found = shown(value[Number(entry)])
  return new HalflifeError(
    otherwise,
    `entry ${String(entry)} of the ${noun} must be a JSON object, not ${found}`,
  )
}

function tooLong(issue: z.core.$ZodIssue): ErrorCode | undefined {
  if (issue.code !== 'too_big') return undefined
  if (issue.origin === 'string') return 'HL_TEXT_LENGTH'
  return issue.origin === 'array' ? 'HL_LIST_LENGTH' : undefined
}

function shown(value: unknown): string {
  // JSON has no Infinity: 1e999 in a body becomes it, and must not be shown as null.
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value))
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`
}
