import { expect, it } from 'vitest'
import { inspect } from '../../../../libs/evaluation/inspect/inspect.ts'
import { inspectionPage } from '../../../../services/cli/validate/inspection-page.ts'
import { rawOf } from '../../../libs/evaluation/sample-history.ts'

it('lets neither user ids nor broken rows steer the terminal', () => {
  const events = Array.from({ length: 60 }, (_, n) => ({
    userId: '\u001b[2Jbot',
    itemId: `i${n}`,
    occurredAtMs: 3_600_000 * n,
    weight: 1,
  }))
  const broken = [{ file: 'users.csv', line: 2, problem: '"\u001b[31mage" is empty\nall is well' }]
  const page = inspectionPage(inspect({ ...rawOf(events), brokenRows: 1, broken }, Date.now()))
  expect(page).toContain('  \\x1b[2Jbot: 60 events')
  expect(page).toContain('  users.csv line 2: "\\x1b[31mage" is empty\\x0aall is well\n')
  expect(page).not.toMatch(/[^\P{Cc}\n]/u)
})
