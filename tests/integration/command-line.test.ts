import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listen } from './event-stream.ts'
import { halflifeCommand } from './halflife-command.ts'
import { httpClient } from './http-client.ts'
import { embeddedPlace } from './running-halflife.ts'

describe('halflife on the command line', () => {
  it.each([
    [['tracker'], {}, 'KAFKA_BROKERS is not set; for example KAFKA_BROKERS=kafka-1:9092,kafka-2:9092'],
    [['scorer'], {}, 'REDIS_URL is not set; for example REDIS_URL=redis://localhost:6379/0'],
    [
      ['start'],
      { PORT: 'eighty' },
      'PORT is "eighty": must be a whole number from 0 to 65535; for example PORT=8080',
    ],
    [['start'], { TIMESCALES: 'now' }, 'TIMESCALES is "now": "now" is not name=number'],
    [
      ['scorer'],
      { REDIS_URL: 'http://:secret@x' },
      'REDIS_URL is wrong: must be a URL that begins with redis://',
    ],
  ])('%j with %j ends at once with exit code 2 and says why', async (args, environment, reason) => {
    const command = halflifeCommand(args, environment, onTestFinished)
    expect(await command.ended).toBe(2)
    expect(command.output().stderr).toContain(`HL_SETTING: ${reason}`)
    expect(command.output().stderr).not.toContain('secret')
  })

  it('teaches with --help', async () => {
    const command = halflifeCommand(['import', '--help'], {}, onTestFinished)
    expect(await command.ended).toBe(0)
    expect(command.output().stdout).toContain('{"type":"click","userId":"ann","itemId":"book-1"}')
  })

  it('works without a model, and says so at the start, in /readyz and with each answer', async () => {
    const { environment } = await embeddedPlace(onTestFinished)
    // Neither a cache nor a python3 to fetch the model with.
    const bare = {
      HALFLIFE_CACHE: join(environment.DATA_DIR!, 'cache'),
      PATH: environment.DATA_DIR!,
      PORT: '0',
    }
    const command = halflifeCommand(['start', '--no-demo'], { ...environment, ...bare }, onTestFinished)
    const [, port] = await command.printed(/ready on http:\/\/127\.0\.0\.1:(\d+)/)
    const client = httpClient(Number(port))
    expect(command.output().stderr).toMatch(/"level":40.*"what":"embedder","detail":"[^\n]*python3/)
    const ready = await client.get('/readyz')
    expect([ready.status, ready.text]).toEqual([200, expect.stringContaining('"degraded":{"embedder":')])
    const answer = await client.get('/v1/users/ann/recommendations')
    expect([answer.status, answer.headers.get('halflife-degraded')]).toEqual([200, 'embedder'])
    const stream = await listen(`${client.url}/v1/users/ann/recommendations/stream`)
    expect(stream.response.headers.get('halflife-degraded')).toBe('embedder')
    await stream.close()
  })

  it('imports a file, reports a broken line by its number, and takes the rest', async () => {
    const { environment } = await embeddedPlace(onTestFinished)
    const file = join(environment.DATA_DIR!, 'some.jsonl')
    const lines = [
      { type: 'click', userId: 'ann', itemId: 'a' },
      { itemId: 'a', title: 'A Quiet Orbit', tags: ['science fiction'] },
      { type: 'stare', userId: 'ann', itemId: 'a' },
      { type: 'click', userId: 'bo', itemId: 'a' },
    ]
    await writeFile(file, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"half": `)
    const settings = { ...environment, EMBEDDER: 'lexical', LOG_LEVEL: 'error' }
    const first = halflifeCommand(['import', file], settings, onTestFinished)
    expect(await first.ended).toBe(0)
    expect(first.output().stderr).toMatch(/line 3: HL_EVENT_TYPE: event type "stare" is not one of/)
    expect(first.output().stderr).toMatch(/line 5: HL_BODY_JSON: /)
    expect(first.output().stdout).toMatch(
      /items +1\nevents +2 .*\nusers +2\nbroken lines +2\ndead letters +0\n/,
    )
  })

  it('fails when no line of a file can be read, such as of a table', async () => {
    const { environment } = await embeddedPlace(onTestFinished)
    const file = join(environment.DATA_DIR!, 'events.csv')
    await writeFile(file, 'user_id,item_id,timestamp\nann,a,5\n')
    const settings = { ...environment, EMBEDDER: 'lexical', LOG_LEVEL: 'error' }
    const command = halflifeCommand(['import', file], settings, onTestFinished)
    expect(await command.ended).toBe(1)
    expect(command.output().stderr).toMatch(/HL_IMPORT: no line of \S+ is an item or an event; .* JSON lines/)
  })

  it('says what is wrong with a file that is not there', async () => {
    const { environment } = await embeddedPlace(onTestFinished)
    const settings = { ...environment, EMBEDDER: 'lexical' }
    // What the name holds does not steer the terminal.
    const command = halflifeCommand(['import', '/nowhere/at\u001b[2J-all.jsonl'], settings, onTestFinished)
    expect(await command.ended).toBe(1)
    expect(command.output().stderr).toContain('HL_IMPORT: /nowhere/at\\x1b[2J-all.jsonl cannot be read')
  })
})
