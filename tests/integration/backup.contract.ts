import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { halflifeCommand } from './halflife-command.ts'
import { type Place, runServices, settingsAt } from './running-halflife.ts'
import { opened } from './whole-log-replay.ts'

const PATIENCE = { timeout: 15_000 }

async function command(args: readonly string[], place: Place, more: Readonly<Record<string, string>> = {}) {
  const environment = { EMBEDDER: 'lexical', LOG_LEVEL: 'silent', ...place.environment, ...more }
  const running = halflifeCommand(args, environment, onTestFinished)
  const exit = await running.ended
  return { exit, ...running.output() }
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'halflife-backup-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const start = (place: Place) =>
  runServices(['collector', 'tracker', 'scorer'], settingsAt(place), onTestFinished)
type Running = Awaited<ReturnType<typeof start>>

/** @param emptied a place of the same log, or of none, whose store is empty */
export function backupContract(
  name: string,
  newPlace: () => Promise<Place>,
  emptied: (place: Place) => Promise<Place>,
) {
  describe(`backup and restore, ${name}`, () => {
    /** All but what the moment of asking changes: its time, and what decay has rounded. */
    const knownOf = async ({ get }: Running) => {
      const exports = ['ann', 'bo'].map(async (id) => (await get(`/v1/users/${id}/export`)).text)
      const pages = ['/v1/items/a/similar', '/v1/trending'].map(async (path) => (await get(path)).text)
      return {
        users: (await Promise.all(exports)).map((text) => text.replace(/"exportedAt":"[^"]*"/, '')),
        pages: (await Promise.all(pages)).map((text) => text.match(/"itemId":"[^"]*"/g)),
      }
    }

    async function filled(place: Place): Promise<Running> {
      const halflife = await start(place)
      const items = ['a', 'b', 'c'].map((itemId) => ({ itemId, title: `Title ${itemId} {x}:y` }))
      await halflife.send('POST', '/v1/items', items)
      await expect.poll(async () => (await halflife.get('/v1/items/c/similar')).status, PATIENCE).toBe(200)
      await halflife.send('PUT', '/v1/users/ann', { statedInterests: ['slow crime novels'] })
      for (const userId of ['ann', 'bo']) {
        for (const itemId of ['a', 'unknown-yet']) {
          await halflife.send('POST', '/v1/events', { type: 'click', userId, itemId })
        }
      }
      const all = async () => JSON.stringify(await knownOf(halflife))
      await expect
        .poll(all, PATIENCE)
        .toMatch(/slow crime.*unknown-yet.*bo.*unknown-yet.*"pages":\[\[.*\],\[/)
      return halflife
    }

    it('brings everything back into an empty store, and goes on from there, once', async () => {
      const place = await newPlace()
      const folder = await newFolder()
      const keys = join(folder, 'keys.json')
      await command(['keys', 'create', 'shop', '--scope', 'admin'], place, { API_KEYS_FILE: keys })
      const halflife = await filled(place)
      const before = await knownOf(halflife)
      // Two generations are there while it is copied.
      const rebuilding = halflifeCommand(
        ['rebuild', '--keep', '20'],
        { EMBEDDER: 'lexical', LOG_LEVEL: 'info', ...place.environment },
        onTestFinished,
      )
      await rebuilding.printed(/switched over/)
      const backup = join(folder, 'backup')
      const made = await command(['backup', '--to', backup], place, { API_KEYS_FILE: keys })
      rebuilding.signal('SIGTERM')
      await rebuilding.ended
      expect([made.exit, made.stderr]).toEqual([0, expect.stringContaining('Backing up')])
      expect(made.stdout).toMatch(
        /: 2 users, 1 profiles, 3 items, \d+ positions, 0 models, of generation 1-[0-9a-f]{8}\n/,
      )
      // Behind the backup: the log has it, if it is there still.
      await halflife.close()

      const keysAgain = join(folder, 'keys-again.json')
      const fresh = await emptied(place)
      const restored = await command(['restore', '--from', backup], fresh, { API_KEYS_FILE: keysAgain })
      expect(restored).toMatchObject({
        exit: 0,
        stdout: expect.stringMatching(/^restored what was backed up at .*: 2 users, 1 profiles, 3 items, /),
      })
      expect(await readFile(keysAgain, 'utf8')).toBe(await readFile(keys, 'utf8'))
      const again = await start(fresh)
      await expect.poll(async () => (await again.get('/v1/items/c/similar')).status, PATIENCE).toBe(200)
      await expect
        .poll(async () => JSON.stringify(await knownOf(again)), PATIENCE)
        .toEqual(JSON.stringify(before))

      await again.send('PUT', '/v1/items/unknown-yet', { title: 'Here at last' })
      const annsMass = async () => {
        const { body } = await again.get('/v1/users/ann/export')
        return (body.masses as Record<string, number> | undefined)?.lasting
      }
      await expect.poll(annsMass, PATIENCE).toBeCloseTo(4, 2)
    })

    it('keeps learned models, and which of them serves', async () => {
      const place = await newPlace()
      const before = await opened(settingsAt(place), onTestFinished)
      const known = { createdAtMs: 2, learnedUntilMs: 1, events: 1, users: 1, items: 1 }
      const bytes = Buffer.alloc(5_000_001, 'Halflife')
      for (const id of ['{a}', 'b', 'c']) {
        await before.store.writeModel({ ...known, id, bytes: bytes.length }, bytes)
      }
      for (const id of ['c', '{a}']) await before.store.promoteModel(id)
      await before.closing.closeAll()
      const backup = join(await newFolder(), 'backup')
      expect((await command(['backup', '--to', backup], place)).stdout).toContain(' 3 models')
      const fresh = await emptied(place)
      expect((await command(['restore', '--from', backup], fresh)).exit).toBe(0)
      const { store } = await opened(settingsAt(fresh), onTestFinished)
      expect((await store.readModels()).map(({ id }) => id)).toEqual(['b', 'c', '{a}'])
      expect(await store.readPromotions()).toEqual(['{a}', 'c'])
      expect(bytes.equals((await store.readModel('{a}'))!)).toBe(true)
    })

    it('restores over nothing, from nothing damaged, and from no half backup', async () => {
      const place = await newPlace()
      const halflife = await start(place)
      await halflife.close()
      const folder = await newFolder()
      const backup = join(folder, 'backup')
      expect((await command(['backup', '--to', backup], place)).exit).toBe(0)
      const over = await command(['restore', '--from', backup], place)
      expect([over.exit, over.stderr]).toEqual([1, expect.stringContaining('HL_BACKUP')])
      expect((await command(['backup', '--to', backup], place)).stderr).toContain('is not empty')

      const fresh = await emptied(place)
      const damaged = join(folder, 'damaged')
      await cp(backup, damaged, { recursive: true })
      const { sha256 } = JSON.parse(await readFile(join(backup, 'backup.json'), 'utf8'))
      await writeFile(join(damaged, Object.keys(sha256)[0]!), 'else')
      expect((await command(['restore', '--from', damaged], fresh)).stderr).toContain('is damaged')
      await rm(join(damaged, 'backup.json'))
      expect((await command(['restore', '--from', damaged], fresh)).stderr).toContain('is no whole backup')
      expect((await command(['restore', '--from', backup], fresh)).exit).toBe(0)
    })
  })
}
