import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nodeFlags } from '../../../bench/service-process.ts'

const root = join(import.meta.dirname, '../../..')
const read = (path: string) => readFile(join(root, path), 'utf8')
const main = 'dist/services/cli/main.js'

describe('the flags of Node', () => {
  it.each([
    ['the command', 'services/cli/main.ts', `#!/usr/bin/env -S node ${nodeFlags.join(' ')}\n`],
    ['npm start', 'package.json', `"start": "node ${nodeFlags.join(' ')} ${main} start"`],
    ['npm run halflife', 'package.json', `"halflife": "node ${nodeFlags.join(' ')} ${main}"`],
    [
      'the image',
      'Dockerfile',
      `ENTRYPOINT ["tini", "--", "node", ${nodeFlags.map((flag) => `"${flag}"`).join(', ')}, "${main}"]`,
    ],
  ])('of %s are those that are measured', async (_, path, line) => {
    expect(await read(path)).toContain(line)
  })
})
