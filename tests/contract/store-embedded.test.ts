import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { open as openLmdb } from 'lmdb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { embeddedGenerations } from '../../libs/store/embedded/embedded-generations.ts'
import { embeddedStore } from '../../libs/store/embedded/embedded-store.ts'
import type { UserWrite } from '../../libs/store/interest-store.ts'
import { storeContract } from './store.contract.ts'
import { type GenerationsPlace, generationsContract } from './store-generations.contract.ts'
import { NOON_MS, offsetsOf, sampleCommit, sampleContract, sampleState, withUser } from './store-sample.ts'

const DAY_MS = 86_400_000

const run = promisify(execFile)
const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

async function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'halflife-store-'))
}

async function newPlace(): Promise<GenerationsPlace> {
  const path = await newFolder()
  return {
    open: (contract) => embeddedStore({ path, contract }),
    generations: async () => embeddedGenerations(path),
    remove: () => rm(path, { recursive: true }),
  }
}

storeContract('the embedded store', newPlace)
generationsContract('the embedded store', newPlace)

describe('the embedded store', () => {
  let path: string

  beforeEach(async () => {
    path = await newFolder()
  })
  afterEach(() => rm(path, { recursive: true }))

  it('has everything again when it is opened again', async () => {
    const before = await embeddedStore({ path, contract: sampleContract })
    await withUser(before, 'u1')
    await before.close()
    const after = await embeddedStore({ path, contract: sampleContract })
    expect(await after.readUsers(['u1'])).toEqual([{ state: sampleState(1), storedOffsets: offsetsOf(1) }])
    expect(await after.readPartitions()).toMatchObject([{ position: 1 }])
    await after.close()
  })

  it('knows a user no more a fixed time after the last write, and takes a first write again', async () => {
    let nowMs = NOON_MS
    const store = await embeddedStore({ path, contract: sampleContract, now: () => nowMs })
    await withUser(store, 'u1')
    nowMs += sampleContract.userTtlMs - 1
    expect(await store.readUsers(['u1'])).not.toEqual([undefined])
    nowMs += 1
    expect(await store.readUsers(['u1'])).toEqual([undefined])
    const write: UserWrite = { userId: 'u1', state: sampleState(2), storedOffsets: undefined }
    expect(await store.commit(sampleCommit([write], 1, 2))).toEqual({ fenced: [] })
    nowMs += sampleContract.userTtlMs - 1
    expect(await store.readUsers(['u1'])).not.toEqual([undefined])
    await store.close()
  })

  it('forgets embeddings after 90 days, waiting users and removals after 30', async () => {
    let nowMs = NOON_MS
    const store = await embeddedStore({ path, contract: sampleContract, now: () => nowMs })
    const source = { partition: 0, offset: 9 }
    await store.writeEmbeddings(new Map([['k', Float32Array.of(1)]]))
    await store.addWaiting('i1', ['u1'])
    await store.writeProfiles([{ userId: 'u1', profile: undefined, source }])
    nowMs += 30 * DAY_MS
    expect(await store.waitingUsers('i1')).toEqual([])
    await store.writeProfiles([{ userId: 'u1', profile: {}, source: { ...source, offset: 1 } }])
    expect(await store.readProfile('u1')).toEqual({})
    nowMs += 60 * DAY_MS - 1
    expect(await store.readEmbeddings(['k'])).toEqual([Float32Array.of(1)])
    nowMs += 1
    expect(await store.readEmbeddings(['k'])).toEqual([undefined])
    await store.close()
  })

  it('drops the bytes of expired users while others are written', async () => {
    let nowMs = NOON_MS
    const store = await embeddedStore({ path, contract: sampleContract, now: () => nowMs })
    const users = Array.from({ length: 100 }, (_, i): UserWrite => {
      return { userId: `u${i}`, state: sampleState(i), storedOffsets: undefined }
    })
    await store.commit(sampleCommit(users, undefined, 0))
    nowMs += sampleContract.userTtlMs
    const alive: UserWrite = { userId: 'alive', state: sampleState(1), storedOffsets: undefined }
    await store.commit(sampleCommit([alive], 0, 1))
    for (let position = 1; position < 10; position++) {
      await store.commit(sampleCommit([], position, position + 1))
    }
    expect(await store.readUsers(['alive'])).not.toEqual([undefined])
    await store.close()
    const raw = openLmdb({ path, noSubdir: false })
    const keys = [...raw.openDB('users', { keyEncoding: 'binary', encoding: 'binary' }).getKeys()]
    expect(keys.map(String)).toEqual(['alive'])
    await raw.close()
  })

  it('reads what another process has committed a moment ago, however often it reads', async () => {
    const [writer, reader] = await Promise.all([
      embeddedStore({ path, contract: sampleContract }),
      embeddedStore({ path, contract: sampleContract }),
    ])
    await withUser(writer, 'u1')
    for (let number = 2; number < 30; number++) {
      const write: UserWrite = {
        userId: 'u1',
        state: sampleState(number),
        storedOffsets: offsetsOf(number - 1),
      }
      let committed = false
      const committing = writer.commit(sampleCommit([write], number - 1, number)).then(() => {
        committed = true
      })
      while (!committed) {
        await reader.readUsers(['u1'])
        await nextTurn()
      }
      await committing
      expect(await reader.readUsers(['u1'])).toMatchObject([{ storedOffsets: offsetsOf(number) }])
    }
    await Promise.all([writer.close(), reader.close()])
  })

  it('refuses a folder that cannot be one', async () => {
    await writeFile(join(path, 'file'), '')
    const opening = embeddedStore({ path: join(path, 'file', 'store'), contract: sampleContract })
    await expect(opening).rejects.toMatchObject({ code: 'HL_SETTING' })
  })

  it('says so when the disk is full, keeps what it has, and lives on', async () => {
    // A limit on the size of files, in blocks of 512 or 1,024 bytes, stands for a small disk.
    const limited = ['-c', 'ulimit -f 4096; exec "$@"', 'sh', process.execPath, '--import', 'tsx']
    const { stdout } = await run('sh', [...limited, pathOf('./store-embedded-filler.ts'), path])
    expect(JSON.parse(stdout)).toEqual({
      codes: ['HL_STORE_UNAVAILABLE', 'HL_STORE_UNAVAILABLE'],
      last: 5_000,
      refused: null,
    })
  })

  it('loses no write of several processes that write the same user in the same folder', async () => {
    const store = await embeddedStore({ path, contract: sampleContract })
    await withUser(store, 'u1')
    const program = ['--import', 'tsx', pathOf('./store-embedded-writer.ts'), path]
    await Promise.all(
      ['1', '2', '3'].map((partition) => run(process.execPath, [...program, partition, '40'])),
    )
    const [user] = await store.readUsers(['u1'])
    expect(user!.state.interest.masses[0]).toBe(sampleState(1).interest.masses[0]! + 3 * 40)
    await store.close()
  })
})
