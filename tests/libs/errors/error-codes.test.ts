import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { type ErrorCode, errorCodes, factsOf } from '../../../libs/errors/error-codes.ts'

const page = await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
const rows = [...page.matchAll(/^\| `(HL_\w+)` \| (\S+) \| (yes|no) \|/gm)]

describe('the table of error codes', () => {
  it('documents every code, and none that does not exist', () => {
    expect(rows.map((row) => row[1]).sort()).toEqual(Object.keys(errorCodes).sort())
  })

  it.each(rows.map((row) => row.slice(1) as [ErrorCode, string, string]))(
    'tells the truth about %s',
    (code, status, again) => {
      const facts = factsOf(code)
      expect([status, again]).toEqual([String(facts.status ?? '–'), facts.retryable ? 'yes' : 'no'])
    },
  )
})
