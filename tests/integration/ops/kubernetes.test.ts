import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { scenarioConfig } from '../../../libs/scenario/scenario-config.ts'
import { settingNames, settingsSchema } from '../../../libs/settings/settings.ts'
import { policyProblems } from '../../ops/cluster-policy.ts'
import { kubernetesSchemas, type SchemaCheck } from './kubernetes-schemas.ts'
import { type KubernetesObject, rendered } from './kustomize.ts'

const folder = (path: string) => fileURLToPath(new URL(`../../../k8s/${path}`, import.meta.url))
const overlays = (await readdir(folder('overlays'))).sort()
const objects = new Map<string, KubernetesObject[]>()
let schemaProblems: SchemaCheck

beforeAll(async () => {
  schemaProblems = await kubernetesSchemas()
  for (const overlay of overlays) objects.set(overlay, await rendered(folder(`overlays/${overlay}`)))
})

const problemsOf = async (all: readonly KubernetesObject[]) => {
  const found = await Promise.all(all.map(schemaProblems))
  return all.flatMap(({ kind, metadata }, n) =>
    found[n]!.map((problem) => `${kind} ${metadata.name}: ${problem}`),
  )
}
const deploymentsOf = (all: readonly KubernetesObject[]) =>
  all.filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name.startsWith('halflife-'))
const scorerIn = (all: readonly KubernetesObject[]) =>
  deploymentsOf(all).find(({ metadata }) => metadata.name === 'halflife-scorer')!

describe('the overlays', () => {
  it('are one to try and one to run', () => {
    expect(overlays).toEqual(['dev', 'production'])
  })

  it.each(overlays)('%s is what an API server takes', async (overlay) => {
    expect(objects.get(overlay)!.length).toBeGreaterThan(20)
    expect(await problemsOf(objects.get(overlay)!)).toEqual([])
  })

  it.each(overlays)('%s keeps to our own rules', (overlay) => {
    expect(policyProblems(objects.get(overlay)!)).toEqual([])
  })

  it.each(overlays)('%s gives the services settings that they accept, and no others', (overlay) => {
    const all = objects.get(overlay)!
    const map = all.find(({ metadata }) => metadata.name.startsWith('halflife-settings'))!
    expect(settingsSchema.strict().safeParse(map.data).error?.issues ?? []).toEqual([])
    for (const { spec } of deploymentsOf(all)) {
      const env = spec!.template!.spec.containers[0]!.env ?? []
      expect(settingNames).toEqual(expect.arrayContaining(env.map(({ name }) => name)))
    }
  })

  it.each(overlays)(
    '%s mounts the file of scenarios where scorers look for it, and it is a good one',
    (overlay) => {
      const all = objects.get(overlay)!
      const map = all.find(({ metadata }) => metadata.name === 'halflife-scenarios')!
      expect(() => scenarioConfig(JSON.parse(map.data!['halflife.config.json']!))).not.toThrow()
      const { spec } = scorerIn(all)
      expect(JSON.stringify(spec)).toContain('"configMap":{"name":"halflife-scenarios"}')
      expect(spec!.template!.spec.containers[0]!.env).toContainEqual({
        name: 'CONFIG_FILE',
        value: '/etc/halflife/scenarios/halflife.config.json',
      })
    },
  )

  it.each(overlays)('%s gives scorers the key of a language model where a secret holds one', (overlay) => {
    const { spec } = scorerIn(objects.get(overlay)!)
    expect(spec!.template!.spec.containers[0]!.env).toContainEqual({
      name: 'LLM_KEY',
      valueFrom: { secretKeyRef: { name: 'halflife-llm', key: 'key', optional: true } },
    })
  })

  it.each(overlays)('%s brings every dashboard', async (overlay) => {
    const map = objects.get(overlay)!.find(({ metadata }) => metadata.name === 'halflife-dashboards')!
    const files = await readdir(new URL('../../../ops/grafana/dashboards/', import.meta.url))
    expect(Object.keys(map.data ?? {}).sort()).toEqual(files.sort())
  })

  it('ask for what docs/operations.md says was measured', async () => {
    const page = await readFile(new URL('../../../docs/operations.md', import.meta.url), 'utf8')
    const rows = [
      ...page.matchAll(/^\| (\w+) \| ([\d.]+) cores \| (\d+) MB.*\| (\d+m), (\d+Mi) → (\w+) \|$/gm),
    ]
    expect(rows.map(([, role]) => role)).toEqual(['collector', 'tracker', 'scorer'])
    for (const [, role, cores, megabytes, cpu, memory, most] of rows) {
      const { spec } = deploymentsOf(objects.get('production')!).find(
        ({ metadata }) => metadata.name === `halflife-${role}`,
      )!
      const { resources } = spec!.template!.spec.containers[0]!
      expect(resources).toEqual({ requests: { cpu, memory }, limits: { memory: most } })
      // What is asked for is what it took, and a little.
      expect(Number.parseInt(cpu!, 10)).toBeGreaterThan(1_000 * Number(cores))
      expect(Number.parseInt(memory!, 10) * 1.048_576).toBeGreaterThan(Number(megabytes))
    }
  })

  it('asks Kafka for the names that follow TOPIC_PREFIX', async () => {
    const copy = await mkdtemp(join(tmpdir(), 'halflife-k8s-'))
    onTestFinished(() => rm(copy, { recursive: true }))
    for (const part of ['k8s', 'ops']) {
      await cp(folder(`../${part}`), join(copy, part), { recursive: true })
    }
    const overlay = join(copy, 'k8s/overlays/production')
    const path = join(overlay, 'kustomization.yaml')
    const text = await readFile(path, 'utf8')
    await writeFile(
      path,
      text.replace('- KAFKA_TLS=true', '- KAFKA_TLS=true\n      - TOPIC_PREFIX=my-shop.eu'),
    )
    const all = await rendered(overlay)
    expect(policyProblems(all)).toEqual([])
    expect(JSON.stringify(all)).toContain('"consumerGroup":"my-shop.eu-events"')
  })

  it('production learns a model every night, by a job that lives under the rules of a service', () => {
    const { spec } = objects.get('production')!.find(({ kind }) => kind === 'CronJob')!
    const [container] = spec!.jobTemplate!.spec.template.spec.containers
    expect(container).toMatchObject({ args: ['train'], image: 'registry.example.com/halflife:0.1.0' })
    expect(container!.env!.map(({ name }) => name)).toContain('REDIS_URL')
    // How models are learned is said where scenarios are.
    expect(container).toMatchObject({
      env: expect.arrayContaining([
        { name: 'CONFIG_FILE', value: '/etc/halflife/scenarios/halflife.config.json' },
      ]),
      volumeMounts: expect.arrayContaining([
        { name: 'scenarios', mountPath: '/etc/halflife/scenarios', readOnly: true },
      ]),
    })
    expect(JSON.stringify(spec)).toContain('"configMap":{"name":"halflife-scenarios"}')
  })

  it('production holds no secret, asks for keys, and lets KEDA scale', () => {
    const production = objects.get('production')!
    expect(production.filter(({ kind }) => kind === 'Secret')).toEqual([])
    expect(production.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['ScaledObject', 'NetworkPolicy', 'ServiceMonitor', 'PrometheusRule']),
    )
    for (const { metadata, spec } of deploymentsOf(production)) {
      const env = spec!.template!.spec.containers[0]!.env
      const asks = env?.some(({ name }) => name === 'API_KEYS_FILE')
      expect([metadata.name, asks]).toEqual([metadata.name, metadata.name !== 'halflife-tracker'])
    }
  })
})

describe('a broken manifest', () => {
  const pod = 'spec.template.spec'
  const container = `${pod}.containers.0`

  /** production, with one thing of the first object of the kind and name put in the place of another; undefined: left out. */
  function broken(kind: string, path: string, value: unknown, name = ''): KubernetesObject[] {
    const all = structuredClone(objects.get('production')!)
    const steps = path.split('.')
    let place = all.find(
      (object) => object.kind === kind && object.metadata.name.startsWith(name),
    ) as unknown as Record<string, unknown>
    for (const step of steps.slice(0, -1)) place = place[step] as typeof place
    if (value === undefined) delete place[steps.at(-1)!]
    else place[steps.at(-1)!] = value
    return all
  }

  it.each([
    ['Deployment', 'spec.replica', 3, 'replica'],
    ['Deployment', `${container}.image`, 7, 'image'],
    ['Deployment', `${container}.livenessProbe.initialDelay`, 5, 'initialDelay'],
    ['Service', 'spec.ports.0.port', undefined, 'port'],
    ['NetworkPolicy', 'spec.policyTypes', 'Ingress', 'policyTypes'],
    ['ScaledObject', 'spec.triggers', 'kafka', 'triggers'],
    ['ServiceMonitor', 'spec.endpoints', undefined, 'endpoints'],
    ['CronJob', 'spec.schedule', undefined, 'schedule'],
  ])('%s with %s = %s does not pass the schema', async (kind, path, value, named) => {
    const problems = await problemsOf(broken(kind, path, value))
    expect(problems.length).toBeGreaterThan(0)
    for (const problem of problems) expect(problem).toContain(named)
  })

  it.each([
    [`${pod}.securityContext.runAsNonRoot`, undefined, 'may run as root'],
    [`${container}.securityContext.allowPrivilegeEscalation`, undefined, 'may gain privileges'],
    [`${container}.securityContext.readOnlyRootFilesystem`, false, 'may write to its image'],
    [`${container}.image`, 'halflife:latest', 'does not pin its image'],
    [`${container}.resources.requests`, undefined, 'does not say what it needs'],
    [`${container}.startupProbe`, undefined, 'is not given time to load'],
    [`${container}.livenessProbe.httpGet.path`, '/readyz', 'is restarted for what others lack'],
    [`${container}.lifecycle`, undefined, 'stops before callers know'],
    [`${pod}.terminationGracePeriodSeconds`, 10, 'is killed before it has drained'],
    [`${container}.env.0`, { name: 'KAFKA_PASSWORD', value: 'x' }, 'KAFKA_PASSWORD in plain text'],
    [`${pod}.securityContext.seccompProfile`, undefined, 'runs without a seccomp profile'],
    [`${pod}.automountServiceAccountToken`, undefined, 'is handed a token'],
    [`${pod}.hostNetwork`, true, 'shares a namespace with its node'],
    [`${container}.securityContext.capabilities`, undefined, 'keeps capabilities'],
    [`${container}.securityContext.privileged`, true, 'is privileged'],
    [`${container}.resources.limits`, undefined, 'may take all memory'],
    [`${container}.readinessProbe`, undefined, 'gets traffic before it is ready'],
    [`${pod}.topologySpreadConstraints`, [], 'may stand on one node only'],
    ['spec.replicas', 2, 'both set the number'],
    ['spec.template.metadata.labels', {}, 'selects no pod'],
  ])('with %s = %j does not pass our rules', (path, value, problem) => {
    expect(policyProblems(broken('Deployment', path, value)).join('\n')).toContain(problem)
  })

  const jobPod = 'spec.jobTemplate.spec.template.spec'
  it.each([
    ['PodDisruptionBudget', 'metadata.name', 'other', 'may be evicted altogether'],
    ['ScaledObject', 'spec.scaleTargetRef.name', 'other', 'scales other, which does not exist'],
    ['CronJob', `${jobPod}.securityContext.runAsNonRoot`, undefined, 'may run as root'],
    ['CronJob', `${jobPod}.containers.0.securityContext.readOnlyRootFilesystem`, false, 'may write to'],
    ['CronJob', `${jobPod}.containers.0.resources.limits`, undefined, 'may take all memory'],
    ['CronJob', 'spec.concurrencyPolicy', 'Allow', 'may run beside itself'],
    ['CronJob', 'spec.jobTemplate.spec.activeDeadlineSeconds', undefined, 'may run for ever'],
    ['ConfigMap', 'data.KAFKA_PASSWORD', 'x', 'has KAFKA_PASSWORD in plain text'],
    ['ConfigMap', 'data.TOPIC_PREFIX', 'shop', 'asks for topic halflife.events, which is shop.events'],
  ])('a %s with %s = %j does not pass our rules', (kind, path, value, problem) => {
    const name = kind === 'ConfigMap' ? 'halflife-settings' : ''
    expect(policyProblems(broken(kind, path, value, name)).join('\n')).toContain(problem)
  })
})
