import { afterEach, describe, expect, it, vi } from 'vitest'
import { obtainService, type Wanted } from './obtain-service.ts'
import type { RunningService } from './running-service.ts'

const variable = 'HALFLIFE_TEST_ADDRESS'

function running(how: string): RunningService {
  return { address: 'a:1', how, stop: async () => {} }
}

function wanted(...ways: Wanted['ways']): Wanted {
  return { name: 'Thing', variable, ways, advice: 'Install the thing.' }
}

const broken = (name: string) => ({
  name,
  start: () => Promise.reject(new Error(`${name} is not here`)),
})
const works = (name: string) => ({ name, start: async () => running(name) })

afterEach(() => vi.unstubAllEnvs())

describe('obtaining a service', () => {
  it('takes the address in the environment as it is and starts nothing', async () => {
    vi.stubEnv(variable, 'elsewhere:9')
    const service = await obtainService(wanted(works('container')))
    expect(service.address).toBe('elsewhere:9')
    expect(service.how).toContain(variable)
  })

  it('goes on to the next way when one fails', async () => {
    const service = await obtainService(wanted(broken('container'), works('native process')))
    expect(service.how).toBe('native process')
  })

  it('says what to install and why each way failed when none is left', async () => {
    const failure = obtainService(wanted(broken('container'), broken('native process')))
    await expect(failure).rejects.toThrow(
      /Thing cannot be had\. Install the thing\.[\s\S]*container is not here[\s\S]*native process is not here/,
    )
  })
})
