import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Two cores, shared with Kafka, Redis and the model: more workers only take turns.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'pure',
          include: ['tests/{bench,libs,services,faults/simulation,ops}/**/*.test.ts'],
          // Property tests compute for a second or two: how busy the machine is must not decide them.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'real',
          include: ['tests/{contract,integration,substrate,faults/fleet-of-processes}/**/*.test.ts'],
          // Brings up, or finds, a real Kafka, a real Redis and the model.
          globalSetup: ['tests/substrate/vitest-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
