import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type Certificates, makeCertificates } from '../substrate/certificates.ts'
import { freePort } from '../substrate/free-port.ts'
import { type GuardedKafka, startGuardedKafka } from '../substrate/kafka-guarded.ts'
import { startNativeRedis } from '../substrate/redis-native.ts'
import type { RunningService } from '../substrate/running-service.ts'
import { halflifeCommand } from './halflife-command.ts'

const user = { name: 'halflife', password: 'correct-horse' }
const WRONG = 'battery-staple'

describe('credentials for Kafka and Redis', () => {
  let folder: string
  let certificates: Certificates
  let kafka: GuardedKafka
  let redis: RunningService
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'halflife-credentials-'))
    certificates = await makeCertificates(folder)
    ;[kafka, redis] = await Promise.all([
      startGuardedKafka(certificates, user),
      guardedRedis(certificates, folder),
    ])
  }, 120_000)
  afterAll(async () => {
    await Promise.all([kafka?.stop(), redis?.stop()])
    await rm(folder, { recursive: true, force: true })
  })

  const environment = (more: Record<string, string>) => ({
    PORT: '0',
    EMBEDDER: 'lexical',
    TOPIC_PARTITIONS: '1',
    KAFKA_BROKERS: kafka.address,
    KAFKA_TLS: 'true',
    KAFKA_CA_FILE: certificates.ca,
    KAFKA_SASL: 'scram-sha-512',
    KAFKA_USERNAME: user.name,
    KAFKA_PASSWORD: user.password,
    REDIS_URL: redisUrl(user.password),
    REDIS_CA_FILE: certificates.ca,
    ...more,
  })
  const redisUrl = (password: string) => `${redis.address.replace('//', `//${user.name}:${password}@`)}`

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'])('let a tracker in by %s', async (mechanism) => {
    const tracker = halflifeCommand(['tracker'], environment({ KAFKA_SASL: mechanism }), onTestFinished)
    await tracker.printed(/Service started/)
    tracker.signal('SIGTERM')
    expect(await tracker.ended).toBe(0)
    const { stdout, stderr } = tracker.output()
    expect(stdout + stderr).not.toContain(user.password)
  })

  it.each([
    [
      'a wrong Kafka password (PLAIN)',
      () => ({ KAFKA_SASL: 'plain', KAFKA_PASSWORD: WRONG }),
      /KAFKA_PASSWORD/,
    ],
    ['a wrong Kafka password (SCRAM)', () => ({ KAFKA_PASSWORD: WRONG }), /KAFKA_PASSWORD/],
    ['an unknown Kafka user', () => ({ KAFKA_USERNAME: 'mallory' }), /KAFKA_USERNAME/],
    [
      "another authority for Kafka's certificate",
      () => ({ KAFKA_CA_FILE: certificates.stranger }),
      /KAFKA_CA_FILE/,
    ],
    ['a wrong Redis password', () => ({ REDIS_URL: redisUrl(WRONG) }), /user and password/],
    [
      "another authority for Redis's certificate",
      () => ({ REDIS_CA_FILE: certificates.stranger }),
      /REDIS_CA_FILE/,
    ],
    ['a missing file', () => ({ KAFKA_CA_FILE: '/nowhere/ca.pem' }), /\/nowhere\/ca\.pem/],
    ['a user without a password', () => ({ KAFKA_PASSWORD: '' }), /go together/],
  ])('%s ends the process and says why', async (_, more, why) => {
    const tracker = halflifeCommand(['tracker'], environment(more()), onTestFinished)
    expect(await tracker.ended).toBe(2)
    const { stdout, stderr } = tracker.output()
    expect(stderr).toMatch(/^halflife: HL_SETTING: /m)
    expect(stderr).toMatch(why)
    expect(stdout + stderr).not.toContain(WRONG)
  })

  it.each(['collector', 'scorer'])('that are wrong end a %s, too', async (role) => {
    const service = halflifeCommand([role], environment({ KAFKA_PASSWORD: WRONG }), onTestFinished)
    expect(await service.ended).toBe(2)
    expect(service.output().stderr).toMatch(/^halflife: HL_SETTING: .*KAFKA_PASSWORD/m)
  })
})

async function guardedRedis({ ca, cert, key }: Certificates, folder: string): Promise<RunningService> {
  const users = join(folder, 'users.acl')
  await writeFile(users, `user default off\nuser ${user.name} on >${user.password} ~halflife:* +@all\n`)
  const port = await freePort()
  const redis = await startNativeRedis({
    port: await freePort(),
    settings: {
      'tls-port': String(port),
      'tls-cert-file': cert,
      'tls-key-file': key,
      'tls-ca-cert-file': ca,
      'tls-auth-clients': 'no',
      aclfile: users,
    },
  })
  return { ...redis, address: `rediss://127.0.0.1:${port}`, stop: redis.stop }
}
