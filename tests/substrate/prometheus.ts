import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../libs/errors/halflife-error.ts'
import { freePort } from './free-port.ts'
import { startNativeService } from './native-service.ts'
import { runCommand } from './run-command.ts'
import type { RunningService } from './running-service.ts'

/** A Prometheus of our own with this configuration (YAML; JSON is YAML, too). Its address is a URL.
 *  @throws when it is not installed, with what to install */
export async function startPrometheus(config: object): Promise<RunningService> {
  await requirePrometheus()
  const address = `127.0.0.1:${await freePort()}`
  return startNativeService({
    name: 'prometheus',
    address: `http://${address}`,
    how: 'prometheus on the PATH',
    dir: undefined,
    prepare: async (folder) => {
      const file = join(folder, 'prometheus.yml')
      await writeFile(file, JSON.stringify(config))
      const storage = `--storage.tsdb.path=${join(folder, 'data')}`
      return {
        command: 'prometheus',
        args: [`--config.file=${file}`, storage, `--web.listen-address=${address}`],
        readyLine: /Server is ready to receive web requests/,
        readyWithinMs: 30_000,
      }
    },
  })
}

async function requirePrometheus(): Promise<void> {
  try {
    await runCommand('prometheus', ['--version'], 10_000)
  } catch (error) {
    throw new Error(
      `Install Prometheus with promtool (Debian: apt-get install prometheus): ${messageOf(error)}`,
    )
  }
}
