/** What `node --cpu-prof` writes, as far as it is needed here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** A function in the place where it was called: its own time and its callees' within it, as parts of all time busy. */
export interface Frame {
  readonly name: string
  readonly place: string
  readonly self: number
  readonly total: number
  readonly callees: readonly Frame[]
}

export interface Cost {
  readonly name: string
  readonly place: string
  /** Parts of all time busy. */
  readonly self: number
  readonly total: number
}

const IDLE = ['(idle)', '(program)']

/** The stacks from the event loop up; time without work is left out. */
export function stacksOf({ nodes, samples, timeDeltas }: CpuProfile): Frame {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const selfMicros = new Map<number, number>()
  for (const [n, id] of samples.entries()) {
    selfMicros.set(id, (selfMicros.get(id) ?? 0) + Math.max(0, timeDeltas[n] ?? 0))
  }
  const isBusy = (id: number) => !IDLE.includes(byId.get(id)!.callFrame.functionName)
  const busy = [...selfMicros].reduce((sum, [id, micros]) => sum + (isBusy(id) ? micros : 0), 0)

  function frameOf(id: number): Frame {
    const { callFrame, children = [] } = byId.get(id)!
    const callees = children.filter(isBusy).map(frameOf)
    const self = (selfMicros.get(id) ?? 0) / busy
    const total = callees.reduce((sum, callee) => sum + callee.total, self)
    return { name: callFrame.functionName || '(anonymous)', place: placeOf(callFrame), self, total, callees }
  }
  return frameOf(nodes[0]!.id)
}

/** All functions, dearest first. A function that calls itself counts once. */
export function costsOf(profile: CpuProfile): Cost[] {
  const costs = new Map<string, { name: string; place: string; self: number; total: number }>()
  const open = new Set<string>()
  function visit({ name, place, self, total, callees }: Frame): void {
    const key = `${name} ${place}`
    const cost = costs.get(key) ?? { name, place, self: 0, total: 0 }
    costs.set(key, cost)
    const isOutermost = !open.has(key)
    cost.self += self
    if (isOutermost) cost.total += total
    open.add(key)
    for (const callee of callees) visit(callee)
    if (isOutermost) open.delete(key)
  }
  visit(stacksOf(profile))
  return [...costs.values()].sort((a, b) => b.self - a.self)
}

/** Without the folders of this machine: `libs/store/user-codec.js:40`, `kafkajs/src/…:12`, `node:net:8`. */
function placeOf({ url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  if (url === '') return ''
  const path = url.replace(/^.*\/(?:node_modules|dist)\//, '')
  return `${path}:${lineNumber + 1}`
}
