import { type ExecFileException, execFile } from 'node:child_process'

const LAST_CHARACTERS = 1_000

/** Runs a program to its end and gives what it printed on both streams.
 *  @throws when it is absent, fails or takes longer than `withinMs`, with the end of what it printed */
export function runCommand(command: string, args: readonly string[], withinMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { timeout: withinMs, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const printed = `${stdout}${stderr}`
      if (error === null) resolve(printed)
      else
        reject(
          new Error(
            `${command} ${reasonOf(error, withinMs)}${printed && `: ${printed.trim().slice(-LAST_CHARACTERS)}`}`,
          ),
        )
    })
  })
}

function reasonOf(error: ExecFileException, withinMs: number): string {
  if (error.code === 'ENOENT') return 'is not installed'
  return error.killed ? `took over ${withinMs / 1000} s` : `failed with ${error.code}`
}
