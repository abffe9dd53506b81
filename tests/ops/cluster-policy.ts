import { topicNames } from '../../libs/log/event-log.ts'
import { settingFacts, settingNames } from '../../libs/settings/settings.ts'
import { eventsGroup } from '../../services/tracker/tracker.ts'
import type { Container, KubernetesObject, PodSpec, PodTemplate } from '../integration/ops/kustomize.ts'

/** Rules of our own, beyond what an API server asks. Each gives what is wrong, in a sentence. */
type Check = (object: KubernetesObject, all: readonly KubernetesObject[]) => string[]

export function policyProblems(objects: readonly KubernetesObject[]): string[] {
  return objects.flatMap((object) =>
    [...checks]
      .filter(([kinds]) => kinds.includes(object.kind))
      .flatMap(([, check]) => check(object, objects))
      .map((problem) => `${object.kind} ${object.metadata.name}: ${problem}`),
  )
}

const isOurs = ({ metadata }: KubernetesObject) => metadata.labels?.['app.kubernetes.io/name'] === 'halflife'
/** What is said where the condition does not hold. */
const unless = (holds: unknown, problem: string): string[] => (holds ? [] : [problem])

const checks: readonly (readonly [kinds: readonly string[], check: Check])[] = [
  [['Deployment', 'StatefulSet'], ({ spec }) => podProblems(spec!.template!.spec)],
  [['CronJob'], jobProblems],
  [['Deployment'], (object, all) => (isOurs(object) ? ourProblems(object, all) : [])],
  [['Service', 'PodDisruptionBudget', 'NetworkPolicy'], selectsSomething],
  [['ConfigMap'], holdsNoSecret],
  [['ScaledObject'], scalesSomething],
  [['ScaledObject'], asksForOurNames],
]

function podProblems(pod: PodSpec): string[] {
  const { securityContext } = pod
  return [
    ...unless(
      securityContext?.runAsNonRoot === true && (securityContext.runAsUser ?? 0) > 0,
      'may run as root',
    ),
    ...unless(securityContext?.seccompProfile?.type === 'RuntimeDefault', 'runs without a seccomp profile'),
    ...unless(pod.automountServiceAccountToken === false, 'is handed a token of the API server'),
    ...unless(!pod.hostNetwork && !pod.hostPID && !pod.hostIPC, 'shares a namespace with its node'),
    ...pod.containers.flatMap(containerProblems),
  ]
}

function containerProblems({ name, image, securityContext, resources, env = [] }: Container): string[] {
  const plain = env.filter(
    (each) => /PASSWORD|SECRET|TOKEN|REDIS_URL/.test(each.name) && each.value !== undefined,
  )
  return [
    ...unless(/:(?!latest$)[\w][\w.-]*$/.test(image), `${name} does not pin its image ${image}`),
    ...unless(securityContext?.allowPrivilegeEscalation === false, `${name} may gain privileges`),
    ...unless(securityContext?.capabilities?.drop?.includes('ALL'), `${name} keeps capabilities`),
    ...unless(!securityContext?.privileged, `${name} is privileged`),
    ...unless(resources?.requests?.cpu && resources.requests.memory, `${name} does not say what it needs`),
    ...unless(resources?.limits?.memory, `${name} may take all memory`),
    ...plain.map((each) => `${name} has ${each.name} in plain text`),
  ]
}

function jobProblems({ spec }: KubernetesObject): string[] {
  const job = spec!.jobTemplate!.spec
  const pod = job.template.spec
  return [
    ...podProblems(pod),
    ...unless(
      pod.containers.every(({ securityContext }) => securityContext?.readOnlyRootFilesystem === true),
      'may write to its image',
    ),
    ...unless(spec!.concurrencyPolicy === 'Forbid', 'may run beside itself'),
    ...unless(job.activeDeadlineSeconds !== undefined, 'may run for ever'),
  ]
}

const DRAIN_S = 9

function ourProblems({ spec, metadata }: KubernetesObject, all: readonly KubernetesObject[]): string[] {
  const pod = spec!.template!.spec
  const [container] = pod.containers as [Container]
  const stopS = Number(container.lifecycle?.preStop?.exec?.command.at(-1))
  const { startupProbe, livenessProbe, readinessProbe } = container
  const startS = (startupProbe?.periodSeconds ?? 0) * (startupProbe?.failureThreshold ?? 0)
  const budget = all.find(
    ({ kind, metadata: { name } }) => kind === 'PodDisruptionBudget' && name === metadata.name,
  )
  return [
    ...unless(container.securityContext?.readOnlyRootFilesystem === true, 'may write to its image'),
    ...unless(
      startupProbe?.httpGet?.path === '/readyz' && startS >= 300,
      'is not given time to load its index',
    ),
    ...unless(livenessProbe?.httpGet?.path === '/livez', 'is restarted for what others lack'),
    ...unless(readinessProbe?.httpGet?.path === '/readyz', 'gets traffic before it is ready'),
    ...unless(stopS >= 1, 'stops before callers know'),
    ...unless((pod.terminationGracePeriodSeconds ?? 0) > stopS + DRAIN_S, 'is killed before it has drained'),
    ...unless((pod.topologySpreadConstraints ?? []).length > 0, 'may stand on one node only'),
    ...unless(budget !== undefined, 'may be evicted altogether: it has no PodDisruptionBudget'),
  ]
}

const secretSettings: readonly string[] = [
  ...settingNames.filter((name) => settingFacts(name).secret),
  'OTEL_EXPORTER_OTLP_HEADERS',
]

function holdsNoSecret({ data = {} }: KubernetesObject): string[] {
  const plain = secretSettings.filter((name) => data[name] !== undefined)
  return plain.map((name) => `has ${name} in plain text`)
}

function templateOf({ spec }: KubernetesObject): PodTemplate | undefined {
  return spec?.template ?? spec?.jobTemplate?.spec.template
}

type Labels = Readonly<Record<string, string>>

function selectsSomething({ kind, spec }: KubernetesObject, all: readonly KubernetesObject[]): string[] {
  const byLabels = (spec?.selector ?? spec?.podSelector)?.matchLabels
  const wanted: Labels = (kind === 'Service' ? (spec?.selector as Labels) : byLabels) ?? {}
  const templates = all.flatMap((other) => {
    const template = templateOf(other)
    return template ? [template.metadata.labels] : []
  })
  const fits = (labels: Labels) => Object.entries(wanted).every(([name, value]) => labels[name] === value)
  return unless(templates.some(fits), `selects no pod by ${JSON.stringify(wanted)}`)
}

function scalesSomething({ spec }: KubernetesObject, all: readonly KubernetesObject[]): string[] {
  const name = spec?.scaleTargetRef?.name
  const target = all.find((other) => other.kind === 'Deployment' && other.metadata.name === name)
  if (target === undefined) return [`scales ${name}, which does not exist`]
  return unless(target.spec?.replicas === undefined, `and Deployment ${name} both set the number of replicas`)
}

/** Lag is asked for by names that follow TOPIC_PREFIX, which trackers read from their settings. */
function asksForOurNames({ spec }: KubernetesObject, all: readonly KubernetesObject[]): string[] {
  const settings = all.find(({ metadata: { name } }) => name.startsWith('halflife-settings'))
  const prefix = settings?.data?.TOPIC_PREFIX ?? ''
  const wanted = { topic: topicNames(prefix).events, consumerGroup: eventsGroup(prefix) }
  const triggers = (spec?.triggers ?? []).filter(({ type }) => type === 'kafka')
  return triggers.flatMap(({ metadata }) =>
    Object.entries(wanted).flatMap(([name, value]) =>
      unless(metadata[name] === value, `asks for ${name} ${metadata[name]}, which is ${value}`),
    ),
  )
}
