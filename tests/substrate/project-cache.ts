import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const cacheFolder = fileURLToPath(new URL('../../.cache/', import.meta.url))

/** Installs into the repository's `.cache/<name>` once and gives the folder's path. `install` fills a temporary folder
 *  that becomes the final one only when it is complete, so an interrupted install leaves nothing half done and two
 *  at the same time do no harm: the second is dropped. */
export async function installedOnce(
  name: string,
  install: (folder: string) => Promise<void>,
): Promise<string> {
  const target = join(cacheFolder, name)
  if (await exists(target)) return target
  await mkdir(cacheFolder, { recursive: true })
  const unfinished = await mkdtemp(join(cacheFolder, `.installing-${name}-`))
  try {
    await install(unfinished)
    await rename(unfinished, target)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    if (!(await exists(target))) throw error
  }
  return target
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
