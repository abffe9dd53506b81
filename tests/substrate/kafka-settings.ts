export interface KafkaPlace {
  /** The address that the broker tells its clients. */
  readonly host: string
  /** The address that the broker listens on: all of them inside a container. */
  readonly bind: string
  readonly port: number
  readonly controllerPort: number
}

/** One small broker that is its own controller (KRaft), by the names of Kafka's server.properties. */
export function kafkaSettings({ host, bind, port, controllerPort }: KafkaPlace): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://${bind}:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${host}:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    // Topics are made by those who need them, with the partitions they need: a misspelt name must fail.
    'auto.create.topics.enable': 'false',
    'num.partitions': '4',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    // The default waits 3 s for more members before a new group's first assignment.
    'group.initial.rebalance.delay.ms': '0',
    'num.network.threads': '2',
    'num.io.threads': '4',
  }
}
