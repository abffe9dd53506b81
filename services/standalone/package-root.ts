import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of package.json, seen from the source as from what is built out of it: what is data, not code, lies
 *  there and is not copied by a build. */
export function packageRoot(): string {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}
