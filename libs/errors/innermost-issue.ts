import type { z } from 'zod'

/** The complaint that says most: of a union that fits nowhere the one that got furthest, of a key the one about itself. */
export function innermostIssue(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code === 'invalid_key' && issue.issues[0] !== undefined)
    return { ...issue.issues[0], path: issue.path }
  if (issue.code !== 'invalid_union') return issue
  const branches = issue.errors.flat()
  const deepest = branches.find(({ path }) => path.length > 0)
  if (deepest !== undefined) return { ...deepest, path: [...issue.path, ...deepest.path] }
  // The union's own words, where it has some.
  if (issue.message !== 'Invalid input') return issue
  const further = branches.find(({ code }) => code !== 'invalid_type')
  if (further !== undefined) return { ...further, path: issue.path }
  const expected = branches.map((each) => (each.code === 'invalid_type' ? each.expected : ''))
  return { ...issue, message: `${issue.message}: expected ${expected.join(' or ')}` }
}
