import { cp, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.ts'
import { type KafkaPlace, kafkaSettings } from './kafka-settings.ts'
import { startNativeService } from './native-service.ts'
import { installedOnce } from './project-cache.ts'
import { runCommand } from './run-command.ts'
import type { NativeOptions, NativeService } from './running-service.ts'

/** The version is pinned in kafka/pom.xml; this names the installation in the cache. */
const KAFKA = 'kafka-4.3.1'
const OLDEST_JAVA = 17
const CLUSTER_ID = 'aGFsZmxpZmUtdGVzdHMtMQ'

const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java'
const pom = fileURLToPath(new URL('kafka/pom.xml', import.meta.url))
const logging = fileURLToPath(new URL('kafka/log4j2.properties', import.meta.url))

/** Settings for a broker that will be crashed: it may come back after 3 s rather than 9, the time for which the
 *  controller believes that its former self is alive. On a busy machine that is too short for a broker all tests share. */
export const quickComeback = { 'broker.session.timeout.ms': '3000', 'broker.heartbeat.interval.ms': '500' }

/** One Kafka broker from its Maven artifacts, as a Java process. */
export async function startNativeKafka(options: NativeOptions = {}): Promise<NativeService> {
  await requireJava()
  const installation = await installedOnce(KAFKA, installKafka)
  const port = options.port ?? (await freePort())
  const place: KafkaPlace = { host: '127.0.0.1', bind: '127.0.0.1', port, controllerPort: await freePort() }
  return startNativeService({
    name: 'kafka',
    address: `127.0.0.1:${port}`,
    how: `${KAFKA} as a Java process`,
    dir: options.dir,
    prepare: async (folder) => {
      if ((await readdir(folder)).length === 0) {
        await cp(join(installation, 'formatted'), join(folder, 'data'), { recursive: true })
      }
      const properties = join(folder, 'server.properties')
      await writeProperties(properties, {
        ...kafkaSettings(place),
        'log.dirs': join(folder, 'data'),
        ...options.settings,
      })
      return {
        command: java,
        args: [
          ...['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
          `-Dlog4j2.configurationFile=${logging}`,
          ...['-cp', join(installation, 'libs', '*'), 'kafka.Kafka', properties],
        ],
        readyLine: /Kafka Server started/,
        readyWithinMs: 90_000,
      }
    },
  })
}

/** The folder of Kafka's jars, its command-line tools among them. */
export async function kafkaLibraries(): Promise<string> {
  return join(await installedOnce(KAFKA, installKafka), 'libs')
}

/** Fetches the jars, and formats an empty data folder once: each broker starts from a copy of it, which saves a JVM. */
async function installKafka(folder: string): Promise<void> {
  const libs = join(folder, 'libs')
  await runCommand(
    'mvn',
    [
      ...['--batch-mode', '--quiet', '--file', pom],
      'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies',
      ...['-DincludeScope=runtime', `-DoutputDirectory=${libs}`],
    ],
    600_000,
  )
  const properties = join(folder, 'format.properties')
  const place: KafkaPlace = { host: '127.0.0.1', bind: '127.0.0.1', port: 9092, controllerPort: 9093 }
  await writeProperties(properties, { ...kafkaSettings(place), 'log.dirs': join(folder, 'formatted') })
  await runCommand(
    java,
    [
      ...['-XX:TieredStopAtLevel=1', '-cp', join(libs, '*'), 'kafka.tools.StorageTool'],
      ...['format', '--cluster-id', CLUSTER_ID, '--config', properties],
    ],
    60_000,
  )
}

async function requireJava(): Promise<void> {
  const printed = await runCommand(java, ['-version'], 20_000)
  const version = Number(/version "(\d+)/.exec(printed)?.[1])
  if (!(version >= OLDEST_JAVA)) throw new Error(`Kafka needs Java ${OLDEST_JAVA}, and ${java} is ${version}`)
}

function writeProperties(path: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
  return writeFile(path, lines.join(''))
}
