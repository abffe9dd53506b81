import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { movielensSource } from '../../../../services/cli/import/movielens.ts'

it('says what to set when the cache folder cannot be written', async () => {
  const aFile = fileURLToPath(import.meta.url)
  await expect(movielensSource(aFile)).rejects.toMatchObject({
    code: 'HL_IMPORT',
    message: expect.stringContaining('Set HALFLIFE_CACHE'),
  })
})
