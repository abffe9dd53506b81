import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { halflifeCommand } from './halflife-command.ts'
import { embeddedPlace } from './running-halflife.ts'

describe('halflife validate', () => {
  it('says on one page what is wrong with a folder', async () => {
    const { environment } = await embeddedPlace(onTestFinished)
    const folder = environment.DATA_DIR!
    const rows = [
      'user_id,item_id,timestamp',
      'ann,a,1714557600',
      'ann,a,1714557600',
      'ann,b,1714557600',
      'bob,,5',
    ]
    await writeFile(join(folder, 'events.csv'), rows.join('\n'))
    await writeFile(
      join(folder, 'items.jsonl'),
      '{"item_id":"a","title":"A"}\n{"item_id":"a","title":"Again"}\n',
    )
    const command = halflifeCommand(['validate', folder], environment, onTestFinished)
    expect(await command.ended, command.output().stderr).toBe(0)
    const { stdout } = command.output()
    expect(stdout.split('\n').length).toBeLessThan(40)
    for (const said of [
      /data +\S+: 2 events of 1 users with 2 items, 2024-05-01 to 2024-05-01/,
      /schema +1 rows cannot be read/,
      /events.csv line 5: item_id is missing/,
      /duplicates +1 events repeat/,
      /1 rows describe an item or a user that had a row before/,
      /bot-like users +none/,
      /text +1 of 2 items are without text, in 50.0 % of the events/,
      /languages +Latin letters 100.0 %/,
      /1 users' last two events have one time/,
      /sparsity +100 % of all pairs/,
    ]) {
      expect(stdout).toMatch(said)
    }
  })

  it('ends with 1 when no event can be read, and still says why', async () => {
    const { environment } = await embeddedPlace(onTestFinished)
    await writeFile(join(environment.DATA_DIR!, 'events.csv'), 'user_id,item_id,timestamp\nann,a,soon\n')
    const command = halflifeCommand(['validate', environment.DATA_DIR!], environment, onTestFinished)
    expect(await command.ended).toBe(1)
    expect(command.output().stdout).toContain('line 2: timestamp "soon" is not a time')
  })
})
