import { z } from 'zod'
import type { ShownPage } from '../../libs/event/impression.ts'
import { userProfileSchema } from '../../libs/event/user-profile.ts'
import { type InterestShape, vectorStart } from '../../libs/interest/interest-shape.ts'
import type { RememberedEvent } from '../../libs/interest/remembered-event.ts'
import { type SeenItem, seenKind } from '../../libs/interest/seen-items.ts'
import type { UserState } from '../../libs/interest/user-state.ts'
import { isoTime, isoTimeOrNull } from './iso-time.ts'

const eventSchema = z.object({
  itemId: z.string(),
  title: z.string().nullable().meta({ description: 'null while the item is not in the catalog' }),
  type: z.string(),
  occurredAt: z.iso.datetime(),
  weight: z.number(),
  fingerprint: z.string().meta({ description: '64 bits of a hash of the eventId, hexadecimal' }),
})

const kindNames = Object.keys(seenKind) as (keyof typeof seenKind)[]

/** Everything held about a user. */
export const userExportSchema = z.object({
  userId: z.string(),
  ids: z.array(z.string()).meta({ description: "all ids of this person, the account's first" }),
  exportedAt: z.iso.datetime(),
  profile: userProfileSchema.nullable().meta({ description: 'what was stated of the user' }),
  forgottenAt: z.iso.datetime().nullable().meta({ description: 'when all older data was erased on request' }),
  asOf: z.iso
    .datetime()
    .nullable()
    .meta({ description: 'time of the newest event; masses and vectors stand then' }),
  masses: z
    .record(z.string(), z.number())
    .meta({ description: 'by timescale: decayed sum of the weights of all events' }),
  vectors: z
    .record(z.string(), z.record(z.string(), z.array(z.number())))
    .meta({ description: 'by vector space and timescale: decayed sum of weight × item vector' }),
  remembered: z.array(eventSchema).meta({ description: 'the newest events, newest first' }),
  waiting: z.array(eventSchema).meta({ description: 'events of items that are not known yet' }),
  seen: z.array(
    z.object({
      itemHash: z.number().int().meta({ description: 'FNV-1a of the itemId, 32 bits' }),
      lastSeenAt: z.iso.datetime(),
      kinds: z.array(z.enum(kindNames as [keyof typeof seenKind])),
      times: z.number().int().meta({ description: 'events that spoke for it, at most 31' }),
    }),
  ),
  shown: z
    .array(
      z.object({
        recommendationId: z.string(),
        shownAt: z.iso.datetime(),
        scenario: z.string(),
        variant: z.string(),
        items: z.array(z.object({ itemHash: z.number().int(), source: z.string() })),
      }),
    )
    .meta({ description: 'pages that were shown lately, newest first; items in the order of the page' }),
  offsets: z
    .record(z.string(), z.number().int())
    .meta({ description: 'by topic/partition: place in the log of the last event that was counted' }),
})

export type UserExport = z.infer<typeof userExportSchema>

export interface Exported extends Pick<UserExport, 'userId' | 'profile'> {
  readonly ids: readonly string[]
  readonly state: UserState
  readonly shown: readonly ShownPage[]
}

export interface ExportContext {
  readonly shape: InterestShape
  readonly titleOf: (itemId: string) => string | undefined
  readonly nowMs: number
}

export function exportOf(
  { userId, ids, profile, state, shown }: Exported,
  { shape, titleOf, nowMs }: ExportContext,
): UserExport {
  const { interest } = state
  const events = (list: readonly RememberedEvent[]) =>
    list.map(({ itemId, type, occurredAtMs, weight, fingerprint }) => {
      const occurredAt = isoTime(occurredAtMs)
      return { itemId, title: titleOf(itemId) ?? null, type, occurredAt, weight, fingerprint }
    })
  return {
    userId,
    ids: [...ids],
    exportedAt: isoTime(nowMs),
    profile,
    forgottenAt: isoTimeOrNull(state.forgottenAtMs),
    asOf: isoTimeOrNull(interest.asOfMs),
    masses: Object.fromEntries(shape.timescales.map(({ name }, t) => [name, interest.masses[t]!])),
    vectors: vectorsOf(interest.sums, shape),
    remembered: events(state.remembered.events),
    waiting: events(state.waiting.events),
    seen: state.seen.items.map(({ itemHash, lastSeconds, kinds, times }) => ({
      itemHash,
      lastSeenAt: isoTime(lastSeconds * 1_000),
      kinds: kindsOf(kinds),
      times,
    })),
    shown: shown.map(({ shownAtMs, items, ...page }) => ({
      ...page,
      shownAt: isoTime(shownAtMs),
      items: [...items],
    })),
    offsets: Object.fromEntries(state.applied),
  }
}

/** Not decayed: as they are stored, so that an export of the same state is the same export. */
function vectorsOf(sums: Float32Array, shape: InterestShape): UserExport['vectors'] {
  const vectors: UserExport['vectors'] = {}
  for (const [s, { name: space, dimension }] of shape.spaces.entries()) {
    vectors[space] = {}
    for (const [t, { name }] of shape.timescales.entries()) {
      const start = vectorStart(shape, s, t)
      vectors[space][name] = [...sums.subarray(start, start + dimension)]
    }
  }
  return vectors
}

function kindsOf(bits: SeenItem['kinds']): (keyof typeof seenKind)[] {
  return kindNames.filter((name) => (bits & seenKind[name]) !== 0)
}
