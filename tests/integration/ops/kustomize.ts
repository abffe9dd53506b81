import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { installedOnce } from '../../substrate/project-cache.ts'
import { runCommand } from '../../substrate/run-command.ts'

/** What of the specifications is looked at, whichever kind has it. */
export interface ObjectSpec {
  readonly replicas?: number
  readonly selector?: Labels & { readonly matchLabels?: Labels }
  readonly podSelector?: { readonly matchLabels?: Labels }
  readonly scaleTargetRef?: { readonly name: string }
  readonly template?: PodTemplate
  readonly triggers?: readonly { readonly type: string; readonly metadata: Labels }[]
  readonly concurrencyPolicy?: string
  readonly jobTemplate?: {
    readonly spec: { readonly activeDeadlineSeconds?: number; readonly template: PodTemplate }
  }
}

export interface PodTemplate {
  readonly metadata: { readonly labels: Labels }
  readonly spec: PodSpec
}

type Labels = Readonly<Record<string, string>>

export interface PodSpec {
  readonly automountServiceAccountToken?: boolean
  readonly hostNetwork?: boolean
  readonly hostPID?: boolean
  readonly hostIPC?: boolean
  readonly terminationGracePeriodSeconds?: number
  readonly topologySpreadConstraints?: readonly object[]
  readonly securityContext?: {
    readonly runAsNonRoot?: boolean
    readonly runAsUser?: number
    readonly seccompProfile?: { readonly type: string }
  }
  readonly containers: readonly Container[]
}

export interface Container {
  readonly name: string
  readonly image: string
  readonly env?: readonly { readonly name: string; readonly value?: string }[]
  readonly securityContext?: {
    readonly privileged?: boolean
    readonly allowPrivilegeEscalation?: boolean
    readonly readOnlyRootFilesystem?: boolean
    readonly capabilities?: { readonly drop?: readonly string[] }
  }
  readonly resources?: { readonly requests?: Labels; readonly limits?: Labels }
  readonly lifecycle?: { readonly preStop?: { readonly exec?: { readonly command: readonly string[] } } }
  readonly startupProbe?: Probe
  readonly livenessProbe?: Probe
  readonly readinessProbe?: Probe
}

interface Probe {
  readonly httpGet?: { readonly path: string }
  readonly periodSeconds?: number
  readonly failureThreshold?: number
}

export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> }
  readonly data?: Readonly<Record<string, string>>
  readonly spec?: ObjectSpec
}

const MODULE = 'sigs.k8s.io/kustomize/kustomize/v5@v5.5.0'

/** The objects that kustomize makes of a folder. @throws with what kustomize says when it cannot */
export async function rendered(folder: string): Promise<KubernetesObject[]> {
  const [command, ...args] = await kustomize()
  const text = await runCommand(command!, [...args, folder], 60_000)
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject)
}

let found: Promise<string[]> | undefined

/** By kubectl or kustomize where they are installed, else built from the Go module (30 s, once). */
function kustomize(): Promise<string[]> {
  const runs = (command: string[]) =>
    runCommand(command[0]!, [...command.slice(1), '--help'], 20_000).then(() => command)
  found ??= runs(['kubectl', 'kustomize'])
    .catch(() => runs(['kustomize', 'build']))
    .catch(async () => [join(await installedOnce('kustomize-5.5.0', build), 'kustomize'), 'build'])
  return found
}

async function build(folder: string): Promise<void> {
  await runCommand('env', [`GOBIN=${folder}`, 'go', 'install', MODULE], 300_000)
}
