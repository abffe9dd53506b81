import { type FollowedFile, followFile } from '../settings/followed-file.ts'
import { readKeyFile } from './key-file.ts'
import { type KeyRing, keyRing } from './key-ring.ts'

/** The keys of the file, always those of its newest readable version.
 *  @throws HL_KEY_FILE when there is no readable one to begin with */
export function followKeys(
  path: string,
  say: { keysLoaded(facts: { count: number }): void; keysUnreadable(error: unknown): void },
): Promise<FollowedFile<KeyRing>> {
  return followFile(path, async () => keyRing(await readKeyFile(path)), {
    loaded: ({ size }) => say.keysLoaded({ count: size }),
    refused: say.keysUnreadable,
  })
}
