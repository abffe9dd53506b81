/** The store's Lua scripts. Each is one atomic step that compares and writes; all arithmetic stays outside. */

/** What a script is called with: the number of keys, the keys, the arguments. */
export type ScriptCall<Reply> = (
  keys: number,
  ...keysAndArguments: (string | number | Buffer)[]
) => Promise<Reply>

export interface StoreScripts {
  readonly openContract: ScriptCall<string[]>
  readonly switchGeneration: ScriptCall<0 | 1>
  readonly writeRecord: ScriptCall<0 | 1>
  readonly announceItems: ScriptCall<null>
  readonly addShown: ScriptCall<0 | 1>
  readonly forgetShown: ScriptCall<0 | 1>
  readonly indexItems: ScriptCall<0 | 1>
}

/** KEYS: the contract. ARGV: field, value, … Writes them when there is no contract; returns what is stored. */
const openContract = `
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('HSET', KEYS[1], unpack(ARGV)) end
return redis.call('HGETALL', KEYS[1])
`

/** KEYS: the name of the live generation. ARGV: the one that is live by now, empty for the first | the one to be. Returns 1
 *  when done. */
const switchGeneration = `
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
`

/** KEYS: the partition, unless no position is expected, then users.
 *  ARGV: expected position (-1: no partition; empty: it lies on another node) | 1 to write the partition too, or 0 | position | landmark | trending
 *        | contexts | recent | ttl in ms | n | n field names, 'offsets' the last
 *        | for each user: the offsets that were read ('-': no user), n values; an empty one removes the field, except
 *          of 'offsets', which may be empty and stays.
 *  A user's fields are all written by one command, the empty ones too, before those are removed. Redis keeps the first
 *  commands of a transaction which a power loss cut off, and obeys them at its second start after it (docs/reliability.md):
 *  each command must therefore leave a whole user, and overwrite whatever such a remnant left.
 *  Called by the bytes (wire-command.ts), as it carries many. Returns the numbers, from 1, of users whose offsets are no longer those; or { -1 } when the position has moved, and
 *  then nothing is written. Offsets are compared as the text that was read, so no number is formatted here. */
export const commitUsers = `
local before = 0
if ARGV[1] ~= '' then
  before = 1
  if tonumber(redis.call('HGET', KEYS[1], 'position') or -1) ~= tonumber(ARGV[1]) then return { -1 } end
end
local n = tonumber(ARGV[9])
local fenced = {}
local at = 9 + n
for k = before + 1, #KEYS do
  if (redis.call('HGET', KEYS[k], 'offsets') or '-') ~= ARGV[at + 1] then
    fenced[#fenced + 1] = k - before
  else
    local fields, empty = {}, {}
    for f = 1, n do
      local name, value = ARGV[9 + f], ARGV[at + 1 + f]
      fields[2 * f - 1], fields[2 * f] = name, value
      if value == '' and f < n then empty[#empty + 1] = name end
    end
    redis.call('HSET', KEYS[k], unpack(fields))
    if #empty > 0 then redis.call('HDEL', KEYS[k], unpack(empty)) end
    redis.call('PEXPIRE', KEYS[k], ARGV[8])
  end
  at = at + 1 + n
end
if ARGV[2] == '1' and #fenced == 0 then
  redis.call('HSET', KEYS[1], 'position', ARGV[3], 'landmark', ARGV[4], 'trending', ARGV[5],
    'contexts', ARGV[6], 'recent', ARGV[7])
end
return fenced
`

/** KEYS: the record. ARGV: source 'partition/offset' | ttl in ms, 0 for ever | field, value, …
 *  Replaces the record, unless it came from a later offset of the same partition. Returns 1 when written. */
const writeRecord = `
local stored = redis.call('HGET', KEYS[1], 'source')
if stored then
  local partition, offset = string.match(ARGV[1], '^(%d+)/(%d+)$')
  local storedPartition, storedOffset = string.match(stored, '^(%d+)/(%d+)$')
  if storedPartition == partition and tonumber(storedOffset) > tonumber(offset) then return 0 end
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'source', ARGV[1], unpack(ARGV, 3))
if ARGV[2] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1
`

/** KEYS: changes, sequence. ARGV: item ids. Numbers each change.
 *  Numbers start at the server's time in microseconds, not at the last number alone: a server that comes back with the
 *  last second of writes missing then still numbers new changes higher than any reader's cursor. */
const announceItems = `
local time = redis.call('TIME')
local last = math.max(tonumber(redis.call('GET', KEYS[2]) or 0), time[1] * 1000000 + time[2])
for i = 1, #ARGV do redis.call('ZADD', KEYS[1], string.format('%.0f', last + i), ARGV[i]) end
redis.call('SET', KEYS[2], string.format('%.0f', last + #ARGV))
`

/** KEYS: pages, time up to which they were forgotten. ARGV: time of the page | the page | most pages | ttl in ms.
 *  Returns 0, and adds nothing, for a page that was shown before that time. */
const addShown = `
local forgotten = redis.call('GET', KEYS[2])
if forgotten and tonumber(forgotten) >= tonumber(ARGV[1]) then return 0 end
redis.call('LREM', KEYS[1], 0, ARGV[2])
redis.call('LPUSH', KEYS[1], ARGV[2])
redis.call('LTRIM', KEYS[1], 0, ARGV[3] - 1)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
`

/** KEYS: pages, time up to which they were forgotten. ARGV: that time | ttl in ms.
 *  Returns 0, and does nothing, where they were forgotten up to then already: a tracker that has lost its partition may come late,
 *  with a former time. The pages first: a power loss may cut the second command off, and then all is done anew. */
const forgetShown = `
local forgotten = redis.call('GET', KEYS[2])
if forgotten and tonumber(forgotten) >= tonumber(ARGV[1]) then return 0 end
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return 1
`

/** KEYS: the change up to which items are indexed, then a vector set for each space. ARGV: the change that it is now | the one
 *  that it is to be | for each item: its id, and a vector for each space, empty where it has none. Returns 1 when done. */
const indexItems = `
if (redis.call('GET', KEYS[1]) or '0') ~= ARGV[1] then return 0 end
for i = 3, #ARGV, #KEYS do
  for space = 2, #KEYS do
    local vector = ARGV[i + space - 1]
    if vector == '' then redis.call('VREM', KEYS[space], ARGV[i])
    else redis.call('VADD', KEYS[space], 'FP32', vector, ARGV[i], 'Q8') end
  end
end
redis.call('SET', KEYS[1], ARGV[2])
return 1
`

export const storeScripts = {
  openContract,
  switchGeneration,
  writeRecord,
  announceItems,
  addShown,
  forgetShown,
  indexItems,
} satisfies Record<keyof StoreScripts, string>
