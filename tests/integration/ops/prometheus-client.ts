import { type Asked, metricsIn } from '../../ops/metric-names.ts'

export interface PrometheusClient {
  /** Values of an instant query, by series. @throws when Prometheus does not understand it */
  query(promql: string): Promise<number[]>
  /** Of the queries, those that give no number, or name a series that does not exist, each with what is wrong. */
  dataless(queries: readonly Asked[]): Promise<string[]>
}

export function prometheusClient(address: string): PrometheusClient {
  async function query(promql: string): Promise<number[]> {
    const response = await fetch(`${address}/api/v1/query?query=${encodeURIComponent(promql)}`)
    const answer = (await response.json()) as QueryAnswer
    if (answer.status !== 'success') throw new Error(`${promql}: ${answer.error}`)
    return answer.data.result.map(({ value: [, value] }) => Number(value))
  }

  async function wrongWith({ by, expr }: Asked): Promise<string | undefined> {
    for (const metric of metricsIn(expr)) {
      if ((await query(`count(${metric})`)).length === 0) return `${by}: there is no ${metric}`
    }
    const values = await query(asked(expr))
    if (values.some((value) => !Number.isNaN(value))) return undefined
    return `${by}: ${values.length === 0 ? 'no data' : 'no number'} from ${expr}`
  }

  return {
    query,
    async dataless(queries) {
      const wrong: string[] = []
      for (const asked of queries) wrong.push((await wrongWith(asked)) ?? '')
      return wrong.filter((each) => each !== '')
    },
  }
}

interface QueryAnswer {
  readonly status: string
  readonly error: string
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] }
}

/** As Grafana asks it; and a comparison tells whether it holds, rather than keeping only what it holds for, so that an
 *  alert which should be silent still shows that it has something to look at. */
function asked(expr: string): string {
  const withInterval = expr.replaceAll('$__rate_interval', '1m')
  const parts = withInterval.split(/(\{[^}]*\})/)
  return parts
    .map((part) => (part.startsWith('{') ? part : part.replaceAll(/[<>]=?|[=!]=/g, '$& bool')))
    .join('')
}
