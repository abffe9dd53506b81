import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, it, onTestFinished } from 'vitest'
import { backupContract } from './backup.contract.ts'
import { expireEvents } from './expire-events.ts'
import { halflifeCommand } from './halflife-command.ts'
import { embeddedPlace, type Place, runServices, serversPlace, settingsAt } from './running-halflife.ts'

/** A place on the servers, one of the two left out, and a folder for the other half. */
async function mixedPlace(without: 'KAFKA_BROKERS' | 'REDIS_URL'): Promise<Place> {
  const { [without]: _, ...environment } = serversPlace(
    inject('kafkaBrokers'),
    inject('redisUrl'),
  ).environment
  return { environment: { ...environment, ...(await embeddedPlace(onTestFinished)).environment } }
}

async function emptied({ environment }: Place): Promise<Place> {
  const { DATA_DIR } = (await embeddedPlace(onTestFinished)).environment
  return {
    environment: { ...environment, DATA_DIR: DATA_DIR!, KEY_PREFIX: `${environment.KEY_PREFIX}-again` },
  }
}

backupContract('an embedded log and Redis', () => mixedPlace('KAFKA_BROKERS'), emptied)

backupContract(
  'Kafka and an embedded store',
  () => mixedPlace('REDIS_URL'),
  async (place) => {
    await expireEvents(place)
    return emptied(place)
  },
)

it('a store is restored only beside the kind of log that it goes on from', async () => {
  const place = await mixedPlace('KAFKA_BROKERS')
  const running = await runServices(['collector', 'tracker'], settingsAt(place), onTestFinished)
  await running.close()
  const folder = await mkdtemp(join(tmpdir(), 'halflife-backup-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const command = async (args: readonly string[], more: Readonly<Record<string, string>> = {}) => {
    const environment = { LOG_LEVEL: 'silent', ...place.environment, ...more }
    const started = halflifeCommand(args, environment, onTestFinished)
    return { exit: await started.ended, ...started.output() }
  }
  const kafka = { KAFKA_BROKERS: inject('kafkaBrokers') }
  expect((await command(['backup', '--to', join(folder, 'backup')])).exit).toBe(0)
  const refused = await command(['restore', '--from', join(folder, 'backup')], kafka)
  expect([refused.exit, refused.stderr]).toEqual([1, expect.stringContaining('leave KAFKA_BROKERS unset')])
  const elsewhere = await command(['backup', '--to', join(folder, 'other')], {
    DATA_DIR: join(folder, 'none'),
  })
  expect([elsewhere.exit, elsewhere.stderr]).toEqual([1, expect.stringContaining('set KAFKA_BROKERS')])
})
