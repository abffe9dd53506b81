import { expect, it, onTestFinished, vi } from 'vitest'
import { HalflifeError } from '../../../../libs/errors/halflife-error.ts'
import { sayBroken } from '../../../../services/cli/import/import-history.ts'

it('lets no line of an import steer the terminal', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  onTestFinished(() => write.mockRestore())
  sayBroken(3, new HalflifeError('HL_ITEM_SHAPE', 'attribute "\u001b[2J" is unknown'))
  expect(write).toHaveBeenCalledWith('line 3: HL_ITEM_SHAPE: attribute "\\x1b[2J" is unknown\n')
})
