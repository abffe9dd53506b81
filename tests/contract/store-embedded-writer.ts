import { embeddedStore } from '../../libs/store/embedded/embedded-store.ts'
import { sampleCommit, sampleContract } from './store-sample.ts'

/* A process of its own that adds 1 to a mass of user u1, `times` times, each time on top of what others have written. */

const [path = '', partition = '', times = ''] = process.argv.slice(2)
const store = await embeddedStore({ path, contract: sampleContract })

for (let position = 0; position < Number(times); position++) {
  while (!(await added(position)));
}
await store.close()

async function added(position: number): Promise<boolean> {
  const [user] = await store.readUsers(['u1'])
  if (!user) throw new Error('There is no user u1')
  const { state, storedOffsets } = user
  state.interest.masses[0]! += 1
  state.applied.set(`writers/${partition}`, position)
  const commit = sampleCommit([{ userId: 'u1', state, storedOffsets }], undefined, position + 1)
  const { fenced } = await store.commit({
    ...commit,
    partition: {
      ...commit.partition,
      topic: 'writers',
      partition: Number(partition),
      expectedPosition: position === 0 ? undefined : position,
    },
  })
  return fenced.length === 0
}
