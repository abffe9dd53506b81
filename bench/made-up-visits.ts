import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Command } from 'commander'
import { wholeNumber } from '../services/cli/whole-number.ts'
import { randomOf, zipf } from './workload.ts'

/** Visits to a shop that does not exist, for `halflife evaluate` at sizes and with repeats that no public set has which may be
 *  passed on. People have a few kinds of things in mind and change them; things come up and go out of use; one thing leads
 *  to another; a third or so of the events are of what the person had before. */

const DAY_MS = 86_400_000
const BEGAN_MS = Date.UTC(2026, 0, 1)
const DAYS = 180
const ITEMS_PER_KIND = 40
/** Things that one thing leads to. */
const LEADS_TO = 5
const EVENTS_PER_USER = 25
const EVENTS_PER_VISIT = 5
const DAYS_BETWEEN_VISITS = 8
/** An item is asked for half as much after so many days. */
const FASHION_HALF_LIFE_DAYS = 30

const MATERIALS = ['oak', 'steel', 'linen', 'glass', 'wool', 'paper', 'clay', 'silk', 'tin', 'cork']
const THINGS = [
  'lamp',
  'chair',
  'bowl',
  'coat',
  'kettle',
  'rug',
  'clock',
  'knife',
  'basket',
  'mirror',
  'pen',
  'drum',
]

interface Shop {
  readonly kinds: readonly (readonly number[])[]
  readonly appearedMs: Float64Array
  readonly leadsTo: readonly (readonly number[])[]
}

type Random = () => number

const kindsOf = (items: number): number => Math.max(4, Math.round(items / ITEMS_PER_KIND))

const below = (count: number, random: Random): number => Math.floor(random() * count)
/** By the exponential distribution. */
const about = (mean: number, random: Random): number => -mean * Math.log(1 - random())
const oneOf = <T>(list: readonly T[], random: Random): T => list[below(list.length, random)]!

function shopOf(items: number, random: Random): Shop {
  const kinds: number[][] = Array.from({ length: kindsOf(items) }, () => [])
  for (let item = 0; item < items; item++) kinds[item % kinds.length]!.push(item)
  // Half of the items are there from the beginning.
  const appearedMs = Float64Array.from({ length: items }, () =>
    random() < 0.5 ? BEGAN_MS : BEGAN_MS + random() * DAYS * DAY_MS,
  )
  const leadsTo = Array.from({ length: items }, (_, item) => {
    const kin = [kinds[item % kinds.length]!, kinds[(item * 7 + 3) % kinds.length]!]
    return Array.from({ length: LEADS_TO }, () => oneOf(oneOf(kin, random), random))
  })
  return { kinds, appearedMs, leadsTo }
}

/** One of a kind that is there at that time: the first of a kind are wanted most, and the newest more than the old. */
function wanted(shop: Shop, kind: number, atMs: number, random: Random): number {
  const members = shop.kinds[kind]!
  const place = zipf(members.length, random, 3)
  for (let tries = 0; tries < 20; tries++) {
    const item = members[place()]!
    const days = (atMs - shop.appearedMs[item]!) / DAY_MS
    if (days >= 0 && random() < Math.max(0.1, 2 ** (-days / FASHION_HALF_LIFE_DAYS))) return item
  }
  return members[0]!
}

interface MadeUpEvent {
  readonly user_id: string
  readonly item_id: string
  readonly timestamp: number
}

function* madeUpVisits(events: number, items: number, seed: number): Generator<MadeUpEvent> {
  const random = randomOf(seed)
  const shop = shopOf(items, random)
  const kind = zipf(shop.kinds.length, random, 20)
  let made = 0
  for (let user = 0; made < events; user++) {
    const inMind = Array.from({ length: 1 + below(4, random) }, kind)
    const had: number[] = []
    const most = Math.min(events - made, 2 + Math.round(about(EVENTS_PER_USER, random)))
    let atMs = BEGAN_MS + random() * DAYS * 0.8 * DAY_MS
    for (let own = 0; own < most; own++) {
      if (random() < 1 / EVENTS_PER_VISIT) {
        atMs += about(DAYS_BETWEEN_VISITS, random) * DAY_MS
        if (random() < 0.15) inMind[below(inMind.length, random)] = kind()
      }
      if (atMs > BEGAN_MS + DAYS * DAY_MS) break
      const item = next(shop, inMind, had, atMs, random)
      had.push(item)
      yield { user_id: `u${user}`, item_id: `i${item}`, timestamp: Math.round(atMs / 1000) }
      made++
      atMs += (20 + random() * 100) * 1000
    }
  }
}

function next(
  shop: Shop,
  inMind: readonly number[],
  had: readonly number[],
  atMs: number,
  random: Random,
): number {
  const chance = random()
  const last = had.at(-1)
  if (last !== undefined && chance < 0.2) return oneOf(had.slice(-20), random)
  if (last !== undefined && chance < 0.55) {
    const led = oneOf(shop.leadsTo[last]!, random)
    if (shop.appearedMs[led]! <= atMs) return led
  }
  return wanted(shop, oneOf(inMind, random), atMs, random)
}

function* madeUpItems(items: number): Generator<{ item_id: string; title: string; category: string }> {
  const kinds = kindsOf(items)
  for (let item = 0; item < items; item++) {
    const kind = item % kinds
    const thing = THINGS[kind % THINGS.length]!
    const material = MATERIALS[Math.floor(kind / THINGS.length) % MATERIALS.length]!
    const number = Math.floor(item / kinds) + 1
    yield {
      item_id: `i${item}`,
      title: `${material} ${thing} no. ${number}`,
      category: `${material} ${thing}`,
    }
  }
}

const asLines = function* (rows: Iterable<object>): Generator<string> {
  for (const row of rows) yield `${JSON.stringify(row)}\n`
}

await new Command('made-up-visits')
  .description(
    'Writes a folder for halflife evaluate: events.jsonl and items.jsonl of visits to a shop that does not exist.',
  )
  .argument('<folder>', 'is made')
  .option('--events <n>', 'how many', wholeNumber(1), 100_000)
  .option('--items <n>', 'how many', wholeNumber(1), 2_500)
  .option('--seed <n>', 'the same seed makes the same visits', wholeNumber(1), 1)
  .action(
    async (folder: string, { events, items, seed }: { events: number; items: number; seed: number }) => {
      await mkdir(folder, { recursive: true })
      for (const [name, rows] of [
        ['events.jsonl', madeUpVisits(events, items, seed)],
        ['items.jsonl', madeUpItems(items)],
      ] as const)
        await pipeline(Readable.from(asLines(rows)), createWriteStream(join(folder, name)))
    },
  )
  .parseAsync()
