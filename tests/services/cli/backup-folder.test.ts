import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { SnapshotEntry } from '../../../libs/store/redis/redis-snapshot.ts'
import { readEntries, writeEntries } from '../../../services/cli/backup/backup-folder.ts'

it('reads back the entries of a backup, whatever separators are in their keys', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'halflife-backup-folder-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const keys = ['user:{ann}', 'user:{line\u2028paragraph\u2029\r\n}', 'item:{三体}']
  const entries = keys.map((key, n): SnapshotEntry => {
    return {
      key,
      type: 'hash',
      expiresAtMs: undefined,
      parts: [Buffer.from('f'), Buffer.alloc(n * 40_000, n)],
    }
  })
  async function* batches() {
    yield entries
  }
  expect(await writeEntries(folder, batches(), () => {})).toMatchObject({ users: 2, items: 1 })
  const read: SnapshotEntry[] = []
  for await (const entry of readEntries(folder)) read.push(entry)
  expect(read).toEqual(entries)
})
