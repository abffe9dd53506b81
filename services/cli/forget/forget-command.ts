import { Command } from 'commander'
import { z } from 'zod'
import { identifier } from '../../../libs/event/identifier.ts'
import { shapeProblem } from '../../../libs/event/shape-problem.ts'
import { readSettings, type Settings } from '../../../libs/settings/settings.ts'
import { type ForgetReceipt, requestForgetting, writtenReceipt } from '../../collector/request-forgetting.ts'
import { briefProcess, openTracked } from '../../process/brief-process.ts'
import { untilForgotten } from './until-forgotten.ts'

export function forgetCommand(): Command {
  return new Command('forget')
    .description(
      'erase everything held about a user and all their ids, for good, and print a receipt when it is gone',
    )
    .argument('<userId>')
    .addHelpText('after', '\nThe log keeps what producers wrote until its own retention ends.')
    .action(async (userId: string) => {
      const receipt = await forget(userId, readSettings(process.env))
      process.stdout.write(`${JSON.stringify(writtenReceipt(receipt))}\n`)
    })
}

/** Resolves when the user and all their ids are forgotten.
 *  @throws HL_ID_*, HL_TRACKER_AWAY when no tracker sees to it; the request stays in the log */
async function forget(userId: string, settings: Settings): Promise<ForgetReceipt> {
  requireIdentifier(userId)
  return briefProcess('forget', settings, async (brief) => {
    const opened = await openTracked(brief)
    const { log, topics } = opened
    const since = {
      events: await log.endOffsets(topics.events),
      users: await log.endOffsets(topics.users),
    }
    const receipt = await requestForgetting(userId, Date.now(), opened)
    await untilForgotten(receipt, since, opened)
    return receipt
  })
}

function requireIdentifier(userId: string): void {
  const parsed = z.object({ userId: identifier }).safeParse({ userId })
  if (!parsed.success) throw shapeProblem('command', { userId }, parsed.error, {}, 'HL_REQUEST')
}
