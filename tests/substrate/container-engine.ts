import { type ContainerRuntimeClient, getContainerRuntimeClient, ImageName } from 'testcontainers'

const ANSWER_WITHIN_MS = 3_000
const PULL_WITHIN_MS = 180_000

/** The Docker engine, with the image in it: found there or pulled.
 *  @throws when no engine answers within 3 s or the image cannot be had */
export async function engineWithImage(image: string): Promise<ContainerRuntimeClient> {
  const engine = await within(ANSWER_WITHIN_MS, 'the Docker engine', getContainerRuntimeClient())
  const name = ImageName.fromString(image)
  if (!(await within(ANSWER_WITHIN_MS, 'the Docker engine', engine.image.exists(name)))) {
    await within(PULL_WITHIN_MS, `pulling ${image}`, engine.image.pull(name))
  }
  return engine
}

async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not answer within ${limitMs / 1000} s`)), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
