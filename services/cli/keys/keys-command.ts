import Table from 'cli-table3'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type ApiKeyRecord, apiKeyRecord, newApiKey } from '../../../libs/access/api-key.ts'
import { changeKeyFile, readKeyFile } from '../../../libs/access/key-file.ts'
import { type Scope, scopes } from '../../../libs/access/scopes.ts'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import { readSettings } from '../../../libs/settings/settings.ts'
import { wholeNumber } from '../whole-number.ts'

interface NewKeyOptions {
  readonly scope: readonly Scope[]
  readonly perSecond?: number
  readonly days?: number
}

const DAY_MS = 86_400_000
/** What is more could not be read again: a time has four digits for the year, and a number is held exactly. */
const MOST_DAYS = 36_500
const MOST_PER_SECOND = 1_000_000_000

export function keysCommand(): Command {
  const command = new Command('keys')
    .description('make, list and revoke the API keys in API_KEYS_FILE')
    .addHelpText(
      'after',
      `
The file holds hashes only. Running services see a change within two seconds, so a key is rotated by creating its
successor under the same name, handing it out, and revoking the old one by its id.

Example:
  export API_KEYS_FILE=./api-keys.json
  halflife keys create shop --scope events:write recommendations:read --per-second 500`,
    )
  command
    .command('create')
    .description('make a key and print it, this once')
    .argument('<name>', 'whose key it is', keyName)
    .addOption(new Option('--scope <scopes...>', 'what it is good for').choices(scopes).makeOptionMandatory())
    .option('--per-second <n>', 'most requests a second to each process', wholeNumber(1, MOST_PER_SECOND))
    .option('--days <n>', 'days until it expires', wholeNumber(1, MOST_DAYS))
    .action(async (name: string, options: NewKeyOptions) => {
      process.stdout.write(`${await create(name, options)}\n`)
    })
  command
    .command('list')
    .description('show whose keys there are; none can be shown again')
    .action(async () => {
      process.stdout.write(`${listing(await readKeyFile(keyFilePath()))}\n`)
    })
  command
    .command('revoke')
    .description('let a key open nothing any more')
    .argument('<id>', 'as `halflife keys list` shows it')
    .action(async (id: string) => revoke(id))
  return command
}

async function create(name: string, { scope, perSecond, days }: NewKeyOptions): Promise<string> {
  const nowMs = Date.now()
  const { key, record } = newApiKey({
    name,
    scopes: [...scope],
    createdAt: new Date(nowMs).toISOString(),
    ...(perSecond !== undefined && { perSecond }),
    ...(days !== undefined && { expiresAt: new Date(nowMs + days * DAY_MS).toISOString() }),
  })
  await changeKeyFile(keyFilePath(), (others) => [...others, record])
  return key
}

async function revoke(id: string): Promise<void> {
  const path = keyFilePath()
  await changeKeyFile(path, (keys) => {
    const left = keys.filter((key) => key.id !== id)
    if (left.length < keys.length) return left
    throw new HalflifeError(
      'HL_KEY_UNKNOWN',
      `there is no key ${id} in ${path}; \`halflife keys list\` shows them`,
    )
  })
}

function listing(keys: readonly ApiKeyRecord[]): string {
  const table = new Table({
    head: ['id', 'name', 'scopes', 'per second', 'created', 'expires'],
    style: { head: [], border: [] },
  })
  for (const { id, name, scopes, perSecond, createdAt, expiresAt } of keys) {
    table.push([
      id,
      name,
      scopes.join('\n'),
      perSecond ?? '',
      createdAt.slice(0, 10),
      expiresAt?.slice(0, 10) ?? '',
    ])
  }
  return table.toString()
}

function keyFilePath(): string {
  return readSettings(process.env, ['API_KEYS_FILE']).API_KEYS_FILE!
}

function keyName(text: string): string {
  const parsed = apiKeyRecord.shape.name.safeParse(text)
  if (parsed.success) return text
  throw new InvalidArgumentError(parsed.error.issues[0]!.message)
}
