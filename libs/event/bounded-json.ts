import { HalflifeError } from '../errors/halflife-error.ts'

/* What JSON may come to, whatever is meant by it: nothing in the contracts needs more, and whatever walks a value after
 * this may recurse. Fields with narrower limits have them in their schemas. */
const DEEPEST = 32
const LONGEST_TEXT = 20_000
const MOST_ENTRIES = 20_000

/** @throws HL_BODY_DEPTH, HL_TEXT_LENGTH, HL_LIST_LENGTH */
export function requireBounded(value: unknown, depth = 1): void {
  if (typeof value === 'string') requireTextLength(value)
  if (typeof value !== 'object' || value === null) return
  if (depth > DEEPEST) {
    throw new HalflifeError('HL_BODY_DEPTH', `the JSON is nested over ${DEEPEST} levels deep; flatten it`)
  }
  const entries = Array.isArray(value) ? value : Object.values(value)
  if (entries.length > MOST_ENTRIES) {
    const detail = `a list or object has ${entries.length} entries; at most ${MOST_ENTRIES} are taken`
    throw new HalflifeError('HL_LIST_LENGTH', detail)
  }
  for (const entry of entries) requireBounded(entry, depth + 1)
}

function requireTextLength({ length }: string): void {
  if (length <= LONGEST_TEXT) return
  throw new HalflifeError(
    'HL_TEXT_LENGTH',
    `a text has ${length} characters; at most ${LONGEST_TEXT} are taken`,
  )
}
