import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readSettings } from '../../../../libs/settings/settings.ts'
import { embedTexts } from '../../../../services/cli/evaluate/embed-texts.ts'

const silent = { report() {}, finish() {} }

it('keeps vectors of texts that are read again under other settings of the store', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'halflife-texts-'))
  onTestFinished(() => rm(cache, { recursive: true }))
  const embedded = (settings: Record<string, string>) => {
    const environment = { EMBEDDER: 'lexical', HALFLIFE_CACHE: cache, ...settings }
    return embedTexts(['a quiet orbit', undefined], readSettings(environment), silent)
  }
  const first = await embedded({})
  for (const settings of [
    { TIMESCALES: 'day=86400', TIMESCALE_WEIGHTS: 'day=1' },
    { USER_VECTORS: 'float16' },
    { VECTOR_SPACES: 'image=8' },
    { EVENT_WEIGHTS: 'click=2' },
  ]) {
    expect(await embedded(settings)).toEqual(first)
  }
})
