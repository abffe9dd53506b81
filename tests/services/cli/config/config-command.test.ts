import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { defaultLearning } from '../../../../libs/learning/learning-settings.ts'
import { defaultConfig, writtenConfig } from '../../../../libs/scenario/scenario-config.ts'

const run = promisify(execFile)
const main = join(import.meta.dirname, '../../../../services/cli/main.ts')

/** In a folder of its own, from the source. */
async function config(content: string | undefined, args: readonly string[] = [], environment = {}) {
  const cwd = await mkdtemp(join(tmpdir(), 'halflife-config-'))
  onTestFinished(() => rm(cwd, { recursive: true, force: true }))
  if (content !== undefined) await writeFile(join(cwd, 'halflife.config.json'), content)
  const tsx = import.meta.resolve('tsx')
  const { PATH = '' } = process.env
  return run(process.execPath, ['--import', tsx, main, 'config', ...args], {
    cwd,
    env: { PATH, ...environment },
  })
}

describe('halflife config', () => {
  it('prints what the file in the working folder makes of the shipped scenarios', async () => {
    const { stdout } = await config('{"scenarios":{"home":{"limit":3}},"learning":{"dimension":64}}')
    const shipped = JSON.parse(JSON.stringify(writtenConfig(defaultConfig(), defaultLearning)))
    expect(JSON.parse(stdout)).toEqual({
      scenarios: { ...shipped.scenarios, home: { ...shipped.scenarios.home, limit: 3 } },
      learning: { ...shipped.learning, dimension: 64 },
    })
  }, 30_000)

  it('prints the shipped ones where there is no file, and with --defaults', async () => {
    const [none, defaults] = await Promise.all([
      config(undefined),
      config('{"scenarios":{"home":{"limit":3}}}', ['--defaults']),
    ])
    expect(none.stdout).toBe(defaults.stdout)
    expect(JSON.parse(none.stdout)).toEqual(
      JSON.parse(JSON.stringify(writtenConfig(defaultConfig(), defaultLearning))),
    )
  }, 30_000)

  it.each([
    [
      'a value that breaks a rule',
      '{"scenarios":{"home":{"limit":0}}}',
      {},
      /HL_CONFIG: \S*halflife\.config\.json: scenarios\.home\.limit is 0: /,
    ],
    ['a file that is no JSON', '{', {}, /HL_CONFIG: .* cannot be read as JSON/],
    [
      'a file that is set and not there',
      undefined,
      { CONFIG_FILE: 'gone.json' },
      /HL_CONFIG: gone\.json cannot be read/,
    ],
  ])(
    'says what is wrong with %s',
    async (_, content, environment, message) => {
      await expect(config(content, [], environment)).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(message),
      })
    },
    30_000,
  )
})
