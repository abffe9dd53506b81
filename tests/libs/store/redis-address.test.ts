import { describe, expect, it } from 'vitest'
import { placesOf, redisAddress } from '../../../libs/store/redis/redis-address.ts'

const nobody = { username: undefined, password: undefined }

describe('the address of Redis', () => {
  it.each([
    [
      'redis://localhost',
      { isCluster: false, tls: false, nodes: [{ host: 'localhost', port: 6379 }], ...nobody },
    ],
    ['rediss://r:7000/2', { isCluster: false, tls: true, nodes: [{ host: 'r', port: 7000 }], ...nobody }],
    [
      'redis+cluster://a:1,b:2,c',
      {
        isCluster: true,
        tls: false,
        nodes: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
          { host: 'c', port: 6379 },
        ],
        ...nobody,
      },
    ],
    [
      'rediss+cluster://ann:p%40ss@a:1,b:2/0',
      {
        isCluster: true,
        tls: true,
        nodes: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
        ],
        username: 'ann',
        password: 'p@ss',
      },
    ],
  ])('%s names servers, and who asks', (url, address) => {
    expect(redisAddress(url)).toEqual(address)
  })

  it.each([
    '',
    'localhost:6379',
    'http://r',
    'redis://a:1,b:2',
    'redis+cluster://a:1,b:two',
    'redis+cluster://a b',
    'redis+cluster://a:1/2',
  ])('is not "%s"', (url) => {
    expect(redisAddress(url)).toBeUndefined()
  })

  it('is shown without the password', () => {
    expect(placesOf(redisAddress('redis+cluster://ann:secret@a:1,b:2')!)).toBe('a:1,b:2')
  })
})
