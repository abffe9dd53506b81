import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readKeyFile } from '../../../../libs/access/key-file.ts'

const run = promisify(execFile)
const main = join(import.meta.dirname, '../../../../services/cli/main.ts')

async function keyFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'halflife-keys-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'keys.json')
}

/** From the source. */
function create(path: string, ...options: string[]) {
  const program = ['--import', import.meta.resolve('tsx'), main, 'keys', 'create', 'shop', '--scope', 'admin']
  const { PATH = '' } = process.env
  return run(process.execPath, [...program, ...options], { env: { PATH, API_KEYS_FILE: path } })
}

describe('halflife keys create', () => {
  it('writes what can be read again, up to the most that it takes', async () => {
    const path = await keyFile()
    await create(path, '--days', '36500', '--per-second', '1000000000')
    expect(await readKeyFile(path)).toMatchObject([{ name: 'shop', perSecond: 1_000_000_000 }])
  }, 30_000)

  it.each([
    ['--days', '3000000', 'from 1 to 36500'],
    ['--per-second', '1e300', 'from 1 to 1000000000'],
  ])(
    'refuses %s %s',
    async (option, value, rule) => {
      const path = await keyFile()
      await expect(create(path, option, value)).rejects.toMatchObject({
        stderr: expect.stringContaining(rule),
      })
      expect(existsSync(path)).toBe(false)
    },
    30_000,
  )
})
