import { join } from 'node:path'
import type { Certificates } from './certificates.ts'
import { freePort } from './free-port.ts'
import { kafkaLibraries, startNativeKafka } from './kafka-native.ts'
import { runCommand } from './run-command.ts'
import type { RunningService } from './running-service.ts'

export interface GuardedKafka extends RunningService {
  /** Its unguarded address, for the controller and for setting users up. */
  readonly open: string
}

/** A broker that lets in, encrypted, whoever gives the password: the PLAIN user or the SCRAM user of the same name. */
export async function startGuardedKafka(
  { bundle }: Certificates,
  user: { readonly name: string; readonly password: string },
): Promise<GuardedKafka> {
  const [port, openPort, controllerPort] = [await freePort(), await freePort(), await freePort()]
  const kafka = await startNativeKafka({
    port,
    settings: {
      listeners: `SASL_SSL://127.0.0.1:${port},PLAINTEXT://127.0.0.1:${openPort},CONTROLLER://127.0.0.1:${controllerPort}`,
      'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
      'advertised.listeners': `SASL_SSL://127.0.0.1:${port},PLAINTEXT://127.0.0.1:${openPort}`,
      'listener.security.protocol.map': 'SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      'listener.name.sasl_ssl.plain.sasl.jaas.config': `${login('plain.Plain')} user_${user.name}="${user.password}";`,
      'listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config': `${login('scram.Scram')};`,
      'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config': `${login('scram.Scram')};`,
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': bundle,
    },
  })
  const open = `127.0.0.1:${openPort}`
  const tool = [
    '-XX:TieredStopAtLevel=1',
    '-cp',
    join(await kafkaLibraries(), '*'),
    'kafka.admin.ConfigCommand',
  ]
  const entity = ['--alter', '--entity-type', 'users', '--entity-name', user.name]
  // Kafka refuses both in one request.
  for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512']) {
    const credential = ['--add-config', `${mechanism}=[password=${user.password}]`]
    await runCommand('java', [...tool, '--bootstrap-server', open, ...entity, ...credential], 60_000)
  }
  return { ...kafka, open, stop: kafka.stop }
}

function login(module: string): string {
  return `org.apache.kafka.common.security.${module}LoginModule required`
}
