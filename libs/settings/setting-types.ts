import { z } from 'zod'
import { redisAddress } from '../store/redis/redis-address.ts'

/** The forms in which an environment variable is written. */

export const integer = (min: number, max: number) => {
  const rule = `must be a whole number from ${min} to ${max}`
  return z.coerce.number(rule).int(rule).min(min, rule).max(max, rule)
}

/** `host:port`, several separated by commas. */
export const brokerList = z
  .string()
  .transform((text) => text.split(',').map((broker) => broker.trim()))
  .refine((brokers) => brokers.every((broker) => /^[^\s:]+:\d{1,5}$|^\[[^\]]+\]:\d{1,5}$/.test(broker)), {
    message: 'must be host:port, several separated by commas',
  })

export const redisUrl = z
  .string()
  .refine(
    (text) => redisAddress(text) !== undefined,
    'must be a URL that begins with redis:// or rediss://, or for a cluster with redis+cluster:// or rediss+cluster://',
  )

/** `name=number`, several separated by commas. */
export const assignments = <T extends z.ZodType<number>>(value: T) =>
  z
    .string()
    .transform((text, context) => {
      const entries: [string, number][] = []
      for (const part of text.split(',')) {
        const [, name, number] = /^\s*([A-Za-z][\w-]*)\s*=\s*(\S+)\s*$/.exec(part) ?? []
        const parsed = value.safeParse(Number(number))
        if (name !== undefined && parsed.success) entries.push([name, parsed.data])
        else {
          const why =
            name === undefined || parsed.error === undefined ? '' : ` (${parsed.error.issues[0]?.message})`
          context.addIssue({
            code: 'custom',
            message: `${JSON.stringify(part.trim())} is not name=number${why}`,
          })
        }
      }
      return Object.fromEntries(entries)
    })
    .pipe(z.record(z.string(), z.number()))

/** A name, several separated by commas. */
export const names = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim()))
  .refine((all) => all.every((name) => /^[A-Za-z][\w-]{0,63}$/.test(name)), {
    message: 'must be names of letters, digits, dashes and underscores, separated by commas',
  })

export const flag = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true')
