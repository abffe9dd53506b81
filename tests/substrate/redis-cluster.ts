import { setTimeout } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { freePort } from './free-port.ts'
import { startNativeRedis } from './redis-native.ts'
import type { NativeService } from './running-service.ts'

/** A Redis Cluster of servers of our own, each of which fault tests may crash and bring back. */
export interface RunningCluster {
  /** `redis+cluster://host:port,host:port,host:port` */
  readonly address: string
  readonly nodes: readonly NativeService[]
  stop(): Promise<void>
}

const SLOTS = 16_384
const LOOK_AGAIN_MS = 50
const READY_WITHIN_MS = 30_000

interface ClusterNode {
  readonly service: NativeService
  readonly host: string
  readonly port: number
  /** Where nodes speak with each other. */
  readonly busPort: number
}

/** Three nodes without replicas: they share the slots, and one that crashes is waited for, not replaced.
 *  @param settings more of each server's own settings */
export async function startRedisCluster(
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningCluster> {
  const nodes: ClusterNode[] = []
  const stop = async () => void (await Promise.all(nodes.map(({ service }) => service.stop())))
  try {
    for (let n = 0; n < 3; n++) nodes.push(await startNode(settings))
    await join(nodes)
  } catch (error) {
    await stop()
    throw error
  }
  const places = nodes.map(({ host, port }) => `${host}:${port}`)
  return { address: `redis+cluster://${places.join(',')}`, nodes: nodes.map(({ service }) => service), stop }
}

async function startNode(settings: Readonly<Record<string, string>>): Promise<ClusterNode> {
  const port = await freePort()
  const busPort = await freePort()
  const service = await startNativeRedis({
    port,
    appendonly: true,
    settings: {
      'cluster-enabled': 'yes',
      'cluster-port': String(busPort),
      'cluster-node-timeout': '2000',
      ...settings,
    },
  })
  return { service, host: '127.0.0.1', port, busPort }
}

/** Gives each node a third of the slots, introduces them to each other, and waits until all agree that all is well. */
async function join(nodes: readonly ClusterNode[]): Promise<void> {
  const clients = nodes.map(({ host, port }) => new Redis({ host, port }))
  try {
    for (const [n, client] of clients.entries()) {
      const [from, end] = [n, n + 1].map((part) => Math.ceil((SLOTS * part) / clients.length))
      await client.call('CLUSTER', 'SET-CONFIG-EPOCH', n + 1)
      await client.call('CLUSTER', 'ADDSLOTSRANGE', from!, end! - 1)
    }
    for (const { host, port, busPort } of nodes.slice(1)) {
      await clients[0]!.call('CLUSTER', 'MEET', host, port, busPort)
    }
    const deadline = performance.now() + READY_WITHIN_MS
    while (!(await allAgree(clients))) {
      if (performance.now() > deadline)
        throw new Error('the nodes of the Redis Cluster did not find each other')
      await setTimeout(LOOK_AGAIN_MS)
    }
  } finally {
    for (const client of clients) client.disconnect()
  }
}

async function allAgree(clients: readonly Redis[]): Promise<boolean> {
  const reports = await Promise.all(clients.map((client) => client.cluster('INFO')))
  return reports.every(
    (report) =>
      report.includes('cluster_state:ok') && report.includes(`cluster_known_nodes:${clients.length}`),
  )
}
