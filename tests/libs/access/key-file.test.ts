import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { newApiKey } from '../../../libs/access/api-key.ts'
import { changeKeyFile, readKeyFile } from '../../../libs/access/key-file.ts'

const recordOf = (name: string) =>
  newApiKey({ name, scopes: ['admin'], createdAt: '2026-01-01T00:00:00Z' }).record

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'halflife-keys-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

describe('the file of API keys', () => {
  it('loses none of several that are added at the same time', async () => {
    const folder = await newFolder()
    const path = join(folder, 'keys.json')
    const names = Array.from({ length: 20 }, (_, index) => `shop-${index}`)
    await Promise.all(names.map((name) => changeKeyFile(path, (keys) => [...keys, recordOf(name)])))
    expect((await readKeyFile(path)).map(({ name }) => name).sort()).toEqual(names.sort())
    expect(await readdir(folder)).toEqual(['keys.json'])
  })

  it('says what to delete when a change was broken off', async () => {
    const path = join(await newFolder(), 'keys.json')
    await writeFile(`${path}.new`, '')
    await expect(changeKeyFile(path, () => [])).rejects.toMatchObject({
      code: 'HL_KEY_FILE',
      message: expect.stringContaining(`delete ${path}.new`),
    })
  })

  it('stays as it is, and can be changed again, when a change fails', async () => {
    const folder = await newFolder()
    const path = join(folder, 'keys.json')
    await changeKeyFile(path, () => [recordOf('shop')])
    await expect(
      changeKeyFile(path, () => {
        throw new Error('no')
      }),
    ).rejects.toMatchObject({ code: 'HL_KEY_FILE' })
    await writeFile(path, 'not JSON')
    await expect(changeKeyFile(path, () => [])).rejects.toMatchObject({ code: 'HL_KEY_FILE' })
    expect(await readdir(folder)).toEqual(['keys.json'])
  })
})
