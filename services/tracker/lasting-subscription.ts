import type { HalflifeError } from '../../libs/errors/halflife-error.ts'
import type { EventLog, Subscription, SubscriptionOptions } from '../../libs/log/event-log.ts'
import { repeatEvery } from '../../libs/telemetry/repeat-every.ts'

/** How long a loss may go unnoticed in a partition to which nothing comes. */
const LOOK_EVERY_MS = 5_000

/** A subscription that is begun anew, from where the store stands, whenever the store turns out to have lost something. */
export async function lastingSubscription(
  log: EventLog,
  options: SubscriptionOptions,
  findLoss: () => Promise<HalflifeError | undefined>,
): Promise<Subscription> {
  let member: Subscription | undefined = await log.subscribe(options)
  let renewing: Promise<void> = Promise.resolve()
  let closed = false

  async function renew(): Promise<void> {
    await member?.close()
    member = undefined
    member = await log.subscribe(options)
  }

  async function look(): Promise<void> {
    const loss = await findLoss()
    if (loss !== undefined) options.onTrouble?.(loss)
    if (closed || (loss === undefined && member !== undefined)) return
    renewing = renew()
    await renewing
  }

  const looking = repeatEvery(LOOK_EVERY_MS, look, (error) => options.onTrouble?.(error))
  return {
    async close() {
      closed = true
      looking.stop()
      await renewing.catch(() => undefined)
      await member?.close()
    },
  }
}
