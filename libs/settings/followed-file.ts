import { unwatchFile, watchFile } from 'node:fs'

/** What a file says, as of its newest version that could be read. */
export interface FollowedFile<T> {
  current(): T
  close(): Promise<void>
}

/** How soon a changed file counts. It is looked at rather than listened to: a mounted Secret or ConfigMap changes by a
 *  symbolic link far away, of which no file system event tells. */
const LOOK_EVERY_MS = 500

/** Reads the file, and again whenever it changes. A version that cannot be read changes nothing but is told. Rejects as
 *  `read` does when there is no good version to begin with. */
export async function followFile<T>(
  path: string,
  read: (path: string) => Promise<T>,
  say: { loaded(value: T): void; refused(error: unknown): void },
): Promise<FollowedFile<T>> {
  let value = await read(path)
  say.loaded(value)

  /** One reading at a time and in order: an older version must not come in behind a newer one. */
  let reading = Promise.resolve()
  const readAgain = () => {
    reading = reading.then(async () => {
      try {
        value = await read(path)
        say.loaded(value)
      } catch (error) {
        say.refused(error)
      }
    })
  }
  watchFile(path, { interval: LOOK_EVERY_MS, persistent: false }, readAgain)
  return {
    current: () => value,
    async close() {
      unwatchFile(path, readAgain)
      await reading
    },
  }
}
