import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { EventList } from '../../libs/interest/event-list.ts'
import type { UserState } from '../../libs/interest/user-state.ts'
import { redisStore } from '../../libs/store/redis/redis-store.ts'
import { startNativeRedis } from '../substrate/redis-native.ts'
import { sampleCommit, sampleContract, sampleState } from './store-sample.ts'

const { waiting } = sampleState(1)
const DUE: Partial<UserState> = { waiting }
const SETTLED: Partial<UserState> = { waiting: new EventList() }
const FORGOTTEN: Partial<UserState> = { ...SETTLED, forgottenAtMs: 7, forgottenIn: 'halflife.events/0' }

/* Redis writes a script as one transaction to its append-only file. A power loss can cut the file inside it. The next
 * start then ignores what is left of the transaction, but leaves those commands in the file when the cut lies inside a
 * command, and the start after that obeys them, with the next transaction. What was read from the server before is then
 * not what is read after. */
describe.each([
  { first: SETTLED, torn: DUE, last: SETTLED, what: 'an event began to wait' },
  { first: DUE, torn: SETTLED, last: SETTLED, what: 'an event waited no more' },
  { first: DUE, torn: FORGOTTEN, last: SETTLED, what: 'the user was forgotten' },
])('a write in which $what, cut off by a power loss', ({ first, torn, last }) => {
  it.each(['HDEL', 'PEXPIRE', 'position'])('inside its last %s, does not come back', async (cutInside) => {
    const dir = await mkdtemp(join(tmpdir(), 'halflife-torn-'))
    const redis = await startNativeRedis({ dir, appendonly: true, settings: { appendfsync: 'always' } })
    const store = await redisStore({ url: redis.address, contract: sampleContract, onWarning: () => {} })
    onTestFinished(async () => {
      await store.close()
      await redis.stop()
      await rm(dir, { recursive: true })
    })
    const read = async () => (await store.readUsers(['u1']))[0]
    const write = async (number: number, parts: Partial<UserState>, from: number | undefined) => {
      const storedOffsets = (await read())?.storedOffsets
      const user = { userId: 'u1', state: sampleState(number, parts), storedOffsets }
      expect(await store.commit(sampleCommit([user], from, number))).toEqual({ fenced: [] })
    }
    const restart = async () => {
      await redis.start()
      await expect.poll(() => store.ping().then(() => 'answers', String), { timeout: 10_000 }).toBe('answers')
    }

    await write(1, first, undefined)
    await write(2, torn, 1)
    await redis.kill()
    await cutOff(dir, cutInside)
    await restart()
    expect((await read())?.state).toEqual(sampleState(1, first))
    await write(3, last, 1)
    await redis.kill()
    await restart()
    expect((await read())?.state).toEqual(sampleState(3, last))
  })
})

/** Ends the file two bytes after the last occurrence of the word. */
async function cutOff(dir: string, word: string): Promise<void> {
  const folder = join(dir, 'appendonlydir')
  const file = join(folder, (await readdir(folder)).find((name) => name.endsWith('.incr.aof'))!)
  const at = (await readFile(file)).lastIndexOf(word)
  expect(at).toBeGreaterThan(0)
  await truncate(file, at + 2)
}
