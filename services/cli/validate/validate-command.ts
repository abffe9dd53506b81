import { Command } from 'commander'

export function validateCommand(): Command {
  return new Command('validate')
    .description('look over a history before it is imported or learned from, on one page')
    .argument('<data>', 'a folder with events and items, an export (.jsonl), or ml-100k (fetched)')
    .addHelpText(
      'after',
      `
Reports broken rows, duplicates, times that cannot be, users that look like bots, items without text, languages, tied
times and sparsity; changes nothing. Ends with 1 when no event can be read.

Example:
  halflife validate ./shop`,
    )
    .action(async (what: string) => {
      const { runValidate } = await import('./run-validate.ts')
      await runValidate(what)
    })
}
