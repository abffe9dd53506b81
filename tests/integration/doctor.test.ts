import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { Kafka, logLevel } from 'kafkajs'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { liveGeneration } from '../../libs/store/embedded/embedded-generations.ts'
import { embeddedStore } from '../../libs/store/embedded/embedded-store.ts'
import { nextGeneration } from '../../libs/store/generation.ts'
import type { Finding } from '../../services/cli/doctor/finding.ts'
import { contractOf } from '../../services/process/contract.ts'
import { openEmbedder } from '../../services/process/open-embedder.ts'
import { startRedisCluster } from '../substrate/redis-cluster.ts'
import { startNativeRedis } from '../substrate/redis-native.ts'
import { halflifeCommand } from './halflife-command.ts'
import { embeddedPlace, type Place, runServices, serversPlace, settingsAt } from './running-halflife.ts'

interface Diagnosis {
  readonly exit: unknown
  readonly findings: readonly Finding[]
  of(what: string): Finding | undefined
}

async function diagnosisOf(place: Place, more: Readonly<Record<string, string>> = {}): Promise<Diagnosis> {
  const environment = { EMBEDDER: 'lexical', LOG_LEVEL: 'silent', ...place.environment, ...more }
  const command = halflifeCommand(['doctor', '--json'], environment, onTestFinished)
  const exit = await command.ended
  const findings = JSON.parse(command.output().stdout) as Finding[]
  return { exit, findings, of: (what) => findings.find((finding) => finding.what === what) }
}

const onServers = () => serversPlace(inject('kafkaBrokers'), inject('redisUrl'))
const prefixOf = ({ environment }: Place) => environment.TOPIC_PREFIX!

async function kafkaAdmin() {
  const kafka = new Kafka({ brokers: [inject('kafkaBrokers')], logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  onTestFinished(() => admin.disconnect())
  return { kafka, admin }
}

async function redisWith(settings: Record<string, string>) {
  const redis = await startNativeRedis({ settings })
  onTestFinished(redis.stop)
  return redis.address
}

describe('halflife doctor', () => {
  it('finds nothing red where services run on Kafka and Redis, and ends with 0', async () => {
    const place = onServers()
    await runServices(['collector', 'tracker', 'scorer'], settingsAt(place), onTestFinished)
    const { exit, findings, of } = await diagnosisOf(place)
    expect(findings.filter(({ level }) => level === 'red')).toEqual([])
    expect(exit).toBe(0)
    for (const what of [
      'kafka version',
      `topic ${prefixOf(place)}.events`,
      'store contract',
      'clock of redis',
    ]) {
      expect([what, of(what)?.level]).toEqual([what, 'green'])
    }
    expect(of('kafka version')?.seen).toMatch(/^4\.0 or later, 1 broker/)
    expect(of('retention of events')).toMatchObject({
      level: 'yellow',
      seen: expect.stringContaining('7 days; users are kept for 300 days'),
      remedy: expect.stringContaining('halflife backup'),
    })
    for (const [group, topic] of [
      ['events', 'events'],
      ['catalog', 'items'],
      ['impressions', 'impressions'],
    ]) {
      const what = `lag of ${prefixOf(place)}-${group} on ${prefixOf(place)}.${topic}`
      expect([what, of(what)?.level]).toEqual([what, 'green'])
    }
  })

  it('changes nothing: neither topics nor a contract are made', async () => {
    const place = onServers()
    const { exit, of } = await diagnosisOf(place)
    expect(exit).toBe(0)
    expect(of(`topic ${prefixOf(place)}.events`)).toMatchObject({ level: 'yellow', seen: 'absent' })
    expect(of('store contract')?.seen).toBe('nothing is stored yet')
    const { admin } = await kafkaAdmin()
    expect((await admin.listTopics()).filter((name) => name.startsWith(prefixOf(place)))).toEqual([])
    const redis = new Redis(inject('redisUrl'))
    onTestFinished(() => redis.disconnect())
    expect(await redis.exists(`${prefixOf(place)}:contract`)).toBe(0)
  })

  it('sees what is wrong with Kafka: cleanup, partitions, retention, clocks, and that nobody tracks', async () => {
    const place = onServers()
    const prefix = prefixOf(place)
    const { kafka, admin } = await kafkaAdmin()
    const events = [{ name: 'retention.ms', value: '60000' }]
    await admin.createTopics({
      topics: [
        { topic: `${prefix}.events`, numPartitions: 2, configEntries: events },
        { topic: `${prefix}.items`, numPartitions: 3 },
        { topic: `${prefix}.users`, configEntries: [{ name: 'cleanup.policy', value: 'compact' }] },
      ],
    })
    const producer = kafka.producer()
    await producer.connect()
    const tomorrow = String(Date.now() + 50 * 60_000)
    await producer.send({
      topic: `${prefix}.events`,
      messages: [{ key: 'ann', value: '{}', timestamp: tomorrow }],
    })
    await producer.disconnect()
    const { exit, of } = await diagnosisOf(place)
    expect(exit).toBe(1)
    expect(of(`topic ${prefix}.events`)).toMatchObject({
      level: 'yellow',
      seen: expect.stringContaining('2 partitions'),
    })
    expect(of(`topic ${prefix}.items`)).toMatchObject({
      level: 'red',
      seen: expect.stringContaining('not compacted'),
    })
    expect(of('retention of events')).toMatchObject({
      level: 'red',
      seen: expect.stringContaining('1 minute:'),
    })
    expect(of(`removals in ${prefix}.users`)).toMatchObject({
      level: 'yellow',
      seen: expect.stringContaining('told for 1 day:'),
    })
    expect(of('clocks of producers')?.level).toBe('yellow')
    expect(of(`lag of ${prefix}-events on ${prefix}.events`)).toMatchObject({
      level: 'red',
      seen: '1 records, 0 trackers',
      remedy: expect.stringContaining('Start a tracker'),
    })
  })

  it('sees a Redis that evicts, keeps nothing, and is nearly full', async () => {
    const url = await redisWith({ 'maxmemory-policy': 'allkeys-lru' })
    const redis = new Redis(url)
    onTestFinished(() => redis.disconnect())
    const [, used] = /used_memory:(\d+)/.exec(await redis.info('memory'))!
    await redis.config('SET', 'maxmemory', Math.round(Number(used) * 1.15))
    const { exit, of } = await diagnosisOf(onServers(), { REDIS_URL: url })
    expect(exit).toBe(1)
    expect(of('redis eviction')).toMatchObject({ level: 'red', seen: expect.stringContaining('allkeys-lru') })
    expect(of('redis persistence')?.level).toBe('yellow')
    expect(of('redis memory')?.level).toMatch(/yellow|red/)
    const tolerant = await diagnosisOf(onServers(), { REDIS_URL: url, REDIS_EVICTION: 'tolerate' })
    expect(tolerant.of('redis eviction')?.level).toBe('yellow')
  })

  it('looks at each server of a cluster, and sees when a part of it is away', async () => {
    const cluster = await startRedisCluster()
    onTestFinished(cluster.stop)
    const place = serversPlace(inject('kafkaBrokers'), cluster.address)
    const halflife = await runServices(['tracker', 'scorer'], settingsAt(place), onTestFinished)
    const { exit, findings, of } = await diagnosisOf(place)
    expect([exit, findings.filter(({ level }) => level === 'red')]).toEqual([0, []])
    expect(of('redis cluster')).toMatchObject({
      level: 'green',
      seen: '3 servers, 16384 of 16384 slots served',
    })
    expect(of('store contract')?.seen).toBe('version 1, as set here')
    const places = cluster.address.split('://')[1]!.split(',')
    for (const what of ['version', 'eviction', 'persistence', 'memory']) {
      expect(places.map((each) => of(`redis ${what}, ${each}`)?.level)).toEqual(['green', 'green', 'green'])
    }
    await halflife.close()
    await cluster.nodes[2]!.stop()
    const broken = await diagnosisOf(place)
    expect([broken.exit, broken.of(`redis server, ${places[2]}`)?.level]).toEqual([1, 'red'])
    expect(broken.of(`redis memory, ${places[0]}`)?.level).toBe('green')
    expect(broken.of('store contract')?.seen).toBe('not read')
    await expect
      .poll(async () => (await diagnosisOf(place)).of('redis cluster')?.level, { timeout: 30_000 })
      .toBe('red')
  })

  it('sees a store that is being rebuilt, and one that was', async () => {
    const place = await embeddedPlace(onTestFinished)
    await (await runServices(['tracker'], settingsAt(place), onTestFinished)).close()
    const timescales = { TIMESCALES: 'session=900,recent=86400,lasting=2592000' }
    expect((await diagnosisOf(place, timescales)).of('store contract')?.level).toBe('red')
    const environment = { EMBEDDER: 'lexical', LOG_LEVEL: 'info', ...place.environment, ...timescales }
    const rebuild = halflifeCommand(['rebuild', '--keep', '0'], environment, onTestFinished)
    await rebuild.ended
    expect((await diagnosisOf(place, timescales)).of('store contract')).toMatchObject({
      level: 'green',
      seen: 'version 1, as set here, rebuilt 1 time',
    })
    const { embedder } = await openEmbedder(settingsAt(place), () => {})
    const path = join(place.environment.DATA_DIR!, 'store')
    const contract = contractOf(settingsAt(place), embedder)
    const generation = nextGeneration(await liveGeneration(path), contract)
    await (await embeddedStore({ path, contract, generation })).close()
    expect((await diagnosisOf(place)).of('store contract')).toMatchObject({
      level: 'yellow',
      remedy: expect.stringContaining('being rebuilt'),
    })
  })

  it('sees a node of a cluster that is asked alone, and a contract of another half-life', async () => {
    const url = await redisWith({ 'cluster-enabled': 'yes', appendonly: 'yes' })
    expect((await diagnosisOf(onServers(), { REDIS_URL: url })).of('redis cluster')?.level).toBe('red')
    const place = onServers()
    await runServices(['scorer'], settingsAt(place), onTestFinished)
    const { exit, of } = await diagnosisOf(place, { TIMESCALES: 'session=60,recent=86400,lasting=2592000' })
    expect(exit).toBe(1)
    expect(of('store contract')?.seen).toContain("timescale:session:halfLifeSeconds = '1800'")
  })

  it('says what does not answer, without the password', async () => {
    const nowhere = { KAFKA_BROKERS: '127.0.0.1:1', REDIS_URL: 'redis://:hush@127.0.0.1:1' }
    const { exit, of, findings } = await diagnosisOf({ environment: nowhere })
    expect(exit).toBe(1)
    expect(of('kafka')?.seen).toContain('Kafka failed')
    expect(of('redis')?.seen).toContain('Redis at 127.0.0.1:1 does not answer')
    expect(JSON.stringify(findings)).not.toContain('hush')
  })

  it('is of use to one who has neither, and sees broken settings, files and models', async () => {
    const place = await embeddedPlace(onTestFinished)
    const folder = place.environment.DATA_DIR!
    const halflife = await runServices(['collector', 'tracker', 'scorer'], settingsAt(place), onTestFinished)
    await halflife.close()
    const sound = await diagnosisOf(place)
    expect(sound.findings.map(({ level }) => level)).not.toContain('red')
    expect(sound.of('log')?.level).toBe('green')
    expect(sound.of('store contract')?.seen).toBe('version 1, as set here')
    expect(sound.of('disk')).toBeDefined()

    await writeFile(join(folder, 'broken.json'), '{"scenarios": ')
    const broken = await diagnosisOf(place, {
      CONFIG_FILE: join(folder, 'broken.json'),
      API_KEYS_FILE: join(folder, 'nowhere.json'),
      TIMESCALE_WEIGHTS: 'minute=1,session=1',
      HALFLIFE_CACHE: folder,
      EMBEDDER: 'auto',
    })
    expect([broken.of('scenarios')?.level, broken.of('api keys')?.level]).toEqual(['red', 'red'])
    expect([broken.of('timescales')?.level, broken.of('model')?.level]).toEqual(['yellow', 'yellow'])
    const wrong = await diagnosisOf(place, { PORT: 'eighty' })
    expect([wrong.exit, wrong.findings.length, wrong.of('settings')?.level]).toEqual([1, 1, 'red'])
    const unheard = await diagnosisOf(place, { TIMESCALE_WEIGHTS: 'minute=1' })
    expect([unheard.exit, unheard.of('settings')?.level]).toEqual([1, 'red'])
    expect((await diagnosisOf(place, { HOST: '0.0.0.0' })).of('api keys')?.level).toBe('red')
  })

  it('prints a line for each, and a remedy under what is not green', async () => {
    const { environment } = await embeddedPlace(onTestFinished)
    const command = halflifeCommand(['doctor'], { ...environment, EMBEDDER: 'lexical' }, onTestFinished)
    expect(await command.ended).toBe(0)
    expect(command.output().stdout).toMatch(/yellow {2}model +EMBEDDER=lexical.*\n +→ Set EMBEDDER=auto/)
    expect(command.output().stdout).toMatch(/green {3}store contract {2}nothing is stored yet/)
  })
})
