import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { followConfig } from '../../../libs/scenario/follow-config.ts'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'halflife-config-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

const withLimit = (limit: number) => JSON.stringify({ scenarios: { home: { limit } } })

async function following(path: string) {
  const say = { configLoaded: vi.fn(), configRefused: vi.fn() }
  const followed = await followConfig(path, say)
  onTestFinished(() => followed.close())
  return { say, limit: () => followed.current().get('home')!.scenario.limit }
}

describe('a file of scenarios', () => {
  it('counts again whenever it changes', async () => {
    const path = join(await folder(), 'halflife.config.json')
    await writeFile(path, withLimit(3))
    const { limit, say } = await following(path)
    expect(limit()).toBe(3)
    await writeFile(path, withLimit(4))
    await expect.poll(limit, { timeout: 4_000 }).toBe(4)
    expect(say.configRefused).not.toHaveBeenCalled()
  })

  it('keeps the configuration in force while it is broken or gone, says so, and counts again when mended', async () => {
    const path = join(await folder(), 'halflife.config.json')
    await writeFile(path, withLimit(3))
    const { limit, say } = await following(path)
    await writeFile(path, withLimit(-1))
    await vi.waitFor(() => expect(say.configRefused).toHaveBeenCalledTimes(1), { timeout: 4_000 })
    expect(say.configRefused).toHaveBeenLastCalledWith({
      path,
      error: expect.objectContaining({
        code: 'HL_CONFIG',
        message: expect.stringContaining('scenarios.home.limit is -1'),
      }),
    })
    await rm(path)
    await vi.waitFor(() => expect(say.configRefused).toHaveBeenCalledTimes(2), { timeout: 4_000 })
    expect(limit()).toBe(3)
    await writeFile(path, withLimit(5))
    await expect.poll(limit, { timeout: 4_000 }).toBe(5)
  })

  it('counts again when a link on its way turns elsewhere, as that of a mounted ConfigMap does', async () => {
    const at = await folder()
    const versions = ['one', 'two'].map((name) => join(at, `${name}.json`))
    for (const [n, version] of versions.entries()) await writeFile(version, withLimit(n + 3))
    const path = join(at, 'halflife.config.json')
    await symlink(versions[0]!, path)
    const { limit } = await following(path)
    await symlink(versions[1]!, `${path}.next`)
    await rename(`${path}.next`, path)
    await expect.poll(limit, { timeout: 4_000 }).toBe(4)
  })

  it('must be good to begin with', async () => {
    const path = join(await folder(), 'halflife.config.json')
    const say = { configLoaded: vi.fn(), configRefused: vi.fn() }
    await expect(followConfig(path, say)).rejects.toMatchObject({ code: 'HL_CONFIG' })
    await writeFile(path, '{"scenarios": ')
    await expect(followConfig(path, say)).rejects.toMatchObject({ code: 'HL_CONFIG' })
  })
})
