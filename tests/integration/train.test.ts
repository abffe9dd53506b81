import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { randomFrom } from '../../libs/learning/random.ts'
import { halflifeCommand } from './halflife-command.ts'
import { embeddedPlace } from './running-halflife.ts'

const DAY = 86_400
const START = 1_700_000_000

interface Step {
  readonly user: number
  readonly item: number
  readonly day: number
}

/** People who go through a shelf of ten books in its order, a book a day. */
function readers(count: number, days: number, firstDay = 0): Step[] {
  return Array.from({ length: count * days }, (_, n) => {
    const [user, step] = [Math.floor(n / days), n % days]
    return { user, item: (user % 6) * 10 + ((user + firstDay + step) % 10), day: firstDay + step }
  })
}

async function writeHistory(folder: string, name: string, steps: readonly Step[]): Promise<string> {
  const path = join(folder, name)
  await mkdir(path)
  const lines = steps.map(({ user, item, day }) => `u${user},b${item},${START + DAY * day + user}`)
  await writeFile(join(path, 'events.csv'), ['user_id,item_id,timestamp', 'u1,,5', ...lines].join('\n'))
  return path
}

describe('halflife train', () => {
  it('promotes a model, refuses one that ranks worse, and goes back and forth between models', async () => {
    const { environment } = await embeddedPlace(onTestFinished)
    const settings = { ...environment, EMBEDDER: 'lexical' }
    const run = async (...args: string[]) => {
      const command = halflifeCommand(args, settings, onTestFinished)
      return { code: await command.ended, ...command.output() }
    }
    const servesNow = async () => /(\w+)\s+│ now/.exec((await run('models', 'list')).stdout)?.[1]
    const folder = environment.DATA_DIR!
    const good = await writeHistory(folder, 'good', readers(60, 9))

    const first = await run('train', good)
    expect(first.code, first.stderr).toBe(0)
    expect(first.stderr).toContain('events.csv line 2: item_id is missing')
    expect(first.stdout).toMatch(/learned from 540 events of 60 users with 60 items/)
    expect(first.stdout).toMatch(/NDCG@10 [01]\.\d{4} on \d+ questions of the newest history; it serves/)
    const firstId = /^\w+/.exec(first.stdout)![0]
    expect(await servesNow()).toBe(firstId)

    // The same people go on as before, but all that is known of before is noise.
    const random = randomFrom(7)
    const noise = readers(60, 9).map((step) => ({ ...step, item: Math.floor(random() * 60) }))
    const bad = await writeHistory(folder, 'bad', [...noise, ...readers(60, 3, 9)])
    const refused = await run('train', bad)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/HL_MODEL_WORSE.*\d % less\. Nothing has changed/s)
    expect(await servesNow()).toBe(firstId)

    const forced = await run('train', bad, '--force')
    expect(forced.code, forced.stderr).toBe(0)
    expect(forced.stdout).toContain(`by ${firstId}; it serves`)
    const forcedId = /^\w+/.exec(forced.stdout)![0]
    expect(await servesNow()).toBe(forcedId)
    expect((await run('models', 'rollback')).stdout).toBe(`${firstId} serves\n`)
    expect((await run('models', 'promote', forcedId)).stdout).toBe(`${forcedId} serves\n`)
    expect(await servesNow()).toBe(forcedId)
    expect(await run('models', 'promote', 'nothing')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('HL_MODEL_UNKNOWN'),
    })
  })
})
