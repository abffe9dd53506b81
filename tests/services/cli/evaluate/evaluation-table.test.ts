import { expect, it } from 'vitest'
import { cleaningText } from '../../../../services/cli/evaluate/evaluation-table.ts'
import { datasetOf } from '../../../libs/evaluation/sample-history.ts'

it('lets no broken row steer the terminal', () => {
  const { report } = datasetOf([{ userId: 'ann', itemId: 'a', occurredAtMs: 0, weight: 1 }])
  const broken = [{ file: 'users.csv', line: 2, problem: '"\u001b[31mage" is empty' }]
  const document = { data: { ...report, name: 'shop', brokenRows: 1, broken } }
  expect(cleaningText(document)).toContain('  users.csv line 2: "\\x1b[31mage" is empty\n')
})
