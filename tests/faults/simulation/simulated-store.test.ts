import { storeContract } from '../../contract/store.contract.ts'
import type { Call } from './pending-calls.ts'
import { simulatedStore, storeData } from './simulated-store.ts'

const atOnce: Call = async (_, effect) => effect()

/** Cut as the Redis adapter cuts. */
const cut = (users: number) => Array.from({ length: Math.ceil(users / 250) }, () => 250)

storeContract('the simulated store', async () => {
  const data = storeData()
  return {
    open: async (contract) => simulatedStore({ data, contract, call: atOnce, cut }),
    remove: async () => undefined,
  }
})
