import { unwatchFile, watchFile } from 'node:fs'
import { readKeyFile } from './key-file.ts'
import { type KeyRing, keyRing } from './key-ring.ts'

export interface FollowedKeys {
  /** As of the newest readable version of the file. */
  current(): KeyRing
  close(): void
}

/** How soon a changed file counts. It is looked at rather than listened to: a mounted Secret changes by a symbolic link
 *  far away, of which no file system event tells. */
const LOOK_EVERY_MS = 1_000

/** Reads the key file, and again whenever it changes. A version that cannot be read changes nothing but is reported.
 *  @throws HL_KEY_FILE when there is no readable one to begin with */
export async function followKeys(
  path: string,
  say: { keysLoaded(facts: { count: number }): void; keysUnreadable(error: unknown): void },
): Promise<FollowedKeys> {
  let ring = keyRing(await readKeyFile(path))
  say.keysLoaded({ count: ring.size })
  async function reload(): Promise<void> {
    try {
      ring = keyRing(await readKeyFile(path))
      say.keysLoaded({ count: ring.size })
    } catch (error) {
      say.keysUnreadable(error)
    }
  }
  const onChange = () => void reload()
  watchFile(path, { interval: LOOK_EVERY_MS, persistent: false }, onChange)
  return { current: () => ring, close: () => unwatchFile(path, onChange) }
}
