import { setTimeout } from 'node:timers/promises'
import { Command } from 'commander'
import { z } from 'zod'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import { identifier } from '../../../libs/event/identifier.ts'
import { shapeProblem } from '../../../libs/event/shape-problem.ts'
import { readSettings, type Settings } from '../../../libs/settings/settings.ts'
import type { Store } from '../../../libs/store/store.ts'
import { type ForgetReceipt, requestForgetting, writtenReceipt } from '../../collector/request-forgetting.ts'
import { briefProcess, openTracked } from '../../process/brief-process.ts'

const LOOK_AGAIN_MS = 25
const PATIENCE_MS = 60_000

export function forgetCommand(): Command {
  return new Command('forget')
    .description('erase everything held about a user, for good, and print a receipt when it is gone')
    .argument('<userId>')
    .addHelpText('after', '\nThe log keeps what producers wrote until its own retention ends.')
    .action(async (userId: string) => {
      const receipt = await forget(userId, readSettings(process.env))
      process.stdout.write(`${JSON.stringify(writtenReceipt(receipt))}\n`)
    })
}

/** Resolves when the store shows that the user is forgotten.
 *  @throws HL_ID_*, HL_TRACKER_AWAY when no tracker sees to it; the request stays in the log */
async function forget(userId: string, settings: Settings): Promise<ForgetReceipt> {
  requireIdentifier(userId)
  return briefProcess('forget', settings, async (brief) => {
    const opened = await openTracked(brief)
    const receipt = await requestForgetting(userId, Date.now(), opened)
    await untilForgotten(receipt, opened.store)
    return receipt
  })
}

function requireIdentifier(userId: string): void {
  const parsed = z.object({ userId: identifier }).safeParse({ userId })
  if (!parsed.success) throw shapeProblem('command', { userId }, parsed.error, {}, 'HL_REQUEST')
}

async function untilForgotten(
  { userId, requestedAtMs, receiptId }: ForgetReceipt,
  store: Store,
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const [[user], profile] = await Promise.all([store.readUsers([userId]), store.readProfile(userId)])
    if ((user?.state.forgottenAtMs ?? 0) >= requestedAtMs && profile === undefined) return
    if (performance.now() >= deadline) {
      throw new HalflifeError(
        'HL_TRACKER_AWAY',
        `no tracker has forgotten user ${userId} within ${PATIENCE_MS / 1_000} s. The request is in the log under receipt ` +
          `${receiptId}: start a tracker, and it is done.`,
      )
    }
    await setTimeout(LOOK_AGAIN_MS)
  }
}
