import { readdir, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { NativeService } from '../../substrate/running-service.ts'
import type { SeededRandom } from '../simulation/seeded-random.ts'

/** How much of its append-only file Redis may lose with the machine: what it wrote within the last second
 *  (`appendfsync everysec`). */
const UNSAVED_MS = 1_000

/** What a machine that loses its power does to Redis. A killed process alone loses nothing, because the system still has
 *  what it wrote; so the file is cut as well, at any byte of what came within the last second.
 *  @returns bytes lost; 0 when Redis had just begun a new file */
export async function losePower(
  redis: NativeService,
  dataDir: string,
  random: SeededRandom,
): Promise<number> {
  const before = await newestFile(dataDir)
  await pause(random.below(UNSAVED_MS))
  await redis.kill()
  const after = await newestFile(dataDir)
  const unsaved = before.path === after.path ? after.bytes - before.bytes : 0
  const lost = unsaved > 0 ? 1 + random.below(unsaved) : 0
  await truncate(after.path, after.bytes - lost)
  await redis.start()
  return lost
}

/** Of the append-only file, which Redis keeps in several parts. */
async function newestFile(dataDir: string): Promise<{ path: string; bytes: number }> {
  const folder = join(dataDir, 'appendonlydir')
  const number = (name: string) => Number(/\.(\d+)\.incr\.aof$/.exec(name)?.[1] ?? 0)
  const [newest] = (await readdir(folder))
    .filter((name) => number(name) > 0)
    .sort((a, b) => number(b) - number(a))
  const path = join(folder, newest!)
  return { path, bytes: (await stat(path)).size }
}
