import { type Dashboard, perSecond, quantile } from './panel.ts'

export const scorer: Dashboard = {
  uid: 'halflife-scorer',
  title: 'Halflife: scorer',
  description: 'From the store to the answer',
  rows: [
    {
      title: 'Answers',
      panels: [
        {
          title: 'Requests by route',
          description: 'Requests to /v1/… of every service.',
          unit: 'reqps',
          runbook: 'availability-budget',
          queries: [
            {
              expr: perSecond('halflife_http_request_duration_seconds_count{route=~"/v1/.+"}', 'route'),
              legend: '{{route}}',
            },
          ],
        },
        {
          title: 'Problems by code',
          description: 'Problem documents answered. Each code is explained in docs/errors.md.',
          unit: 'reqps',
          runbook: 'availability-budget',
          queries: [
            { expr: perSecond('halflife_http_problems_total', 'route, code'), legend: '{{route}} {{code}}' },
          ],
        },
        {
          title: 'Ranking time by basis',
          description: '99th percentile of the time to compute a ranking.',
          unit: 's',
          runbook: 'answers-slow',
          queries: [
            { expr: quantile(0.99, 'halflife_ranking_duration_seconds', 'basis'), legend: '{{basis}}' },
          ],
        },
        {
          title: 'Time to answer by route',
          description: '99th percentile from the request to its answer.',
          unit: 's',
          runbook: 'answers-slow',
          queries: [
            { expr: quantile(0.99, 'halflife_http_request_duration_seconds', 'route'), legend: '{{route}}' },
          ],
        },
        {
          title: 'Degraded answers',
          description: 'Answers by what was degraded in them; none is as it should be.',
          unit: 'reqps',
          runbook: 'answers-degraded',
          queries: [{ expr: perSecond('halflife_answers_total', 'degraded'), legend: '{{degraded}}' }],
        },
        {
          title: 'Texts embedded',
          description:
            'Texts wanted as vectors, and where these came from. Those of the model are the dear ones.',
          unit: 'ops',
          runbook: 'answers-slow',
          queries: [
            {
              expr: perSecond('halflife_embedding_texts_total', 'service, from'),
              legend: '{{service}} {{from}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Scenarios and sources',
      panels: [
        {
          title: 'Answers by scenario and variant',
          description:
            'Ranked answers. Variants of a scenario should share its answers as the file of scenarios says.',
          unit: 'reqps',
          runbook: 'recommendation-quality',
          queries: [
            {
              expr: perSecond('halflife_scenario_answers_total', 'scenario, variant'),
              legend: '{{scenario}} {{variant}}',
            },
          ],
        },
        {
          title: 'Sources left out',
          description:
            'Answers that a source of candidates had no part in, because it was late or failed. Should be 0.',
          unit: 'reqps',
          runbook: 'source-left-out',
          queries: [
            {
              expr: perSecond('halflife_sources_left_out_total', 'source, reason'),
              legend: '{{source}} {{reason}}',
            },
          ],
        },
        {
          title: 'Requests turned away',
          description: 'Requests refused because too many were in hand or had waited too long. Should be 0.',
          unit: 'reqps',
          runbook: 'requests-shed',
          queries: [{ expr: perSecond('halflife_requests_shed_total', 'reason'), legend: '{{reason}}' }],
        },
        {
          title: 'Streams',
          description: 'Streams of rankings that somebody listens to, over all scorers.',
          unit: 'short',
          runbook: 'capacity',
          queries: [{ expr: 'sum(halflife_streams_open)', legend: 'open' }],
        },
        {
          title: 'Questions to the language model',
          description: 'Where one is set: answered, or why it was of no use and the answer went without it.',
          unit: 'reqps',
          runbook: 'answers-degraded',
          queries: [{ expr: perSecond('halflife_llm_questions_total', 'outcome'), legend: '{{outcome}}' }],
        },
        {
          title: 'Files of scenarios',
          description:
            'Versions of the file of scenarios that were loaded, and that were refused, since the scorers started.',
          unit: 'short',
          runbook: 'configuration-refused',
          queries: [
            {
              expr: 'sum by (instance, outcome) (halflife_configurations_total)',
              legend: '{{instance}} {{outcome}}',
            },
          ],
        },
        {
          title: 'Learned model',
          description: 'How many scorers serve which learned model. All should serve the one promoted last.',
          unit: 'short',
          runbook: 'learned-model-refused',
          queries: [
            {
              expr: 'count by (id) (label_replace(halflife_learned_model_info, "id", "none", "id", ""))',
              legend: '{{id}}',
            },
          ],
        },
        {
          title: 'Learned models refused',
          description:
            'Promoted models that a scorer could not read; the one before goes on serving. Should be 0.',
          unit: 'short',
          runbook: 'learned-model-refused',
          queries: [{ expr: 'halflife_learned_models_refused_total', legend: '{{instance}}' }],
        },
      ],
    },
    {
      title: 'The index',
      panels: [
        {
          title: 'Index age by instance',
          description:
            'How long ago the scorer last held all that the store holds. It looks four times a second.',
          unit: 's',
          runbook: 'index-stale',
          queries: [
            { expr: 'time() - (halflife_index_followed_timestamp_seconds > 0)', legend: '{{instance}}' },
          ],
        },
        {
          title: 'Items that can be ranked',
          description: 'Size of the catalog in each scorer. All should agree within a second.',
          unit: 'short',
          runbook: 'index-stale',
          queries: [{ expr: 'halflife_catalog_items', legend: '{{instance}}' }],
        },
        {
          title: 'Items outside of the graph',
          description:
            'Items that are searched exactly until the graph has taken them in. Answers take longer while they are many.',
          unit: 'short',
          runbook: 'answers-slow',
          queries: [{ expr: 'halflife_catalog_items_outside_graph', legend: '{{instance}}' }],
        },
        {
          title: 'Item changes taken in',
          description: 'Changes that scorers took in from the store.',
          unit: 'ops',
          runbook: 'index-stale',
          queries: [
            { expr: perSecond('halflife_catalog_changes_total', 'instance'), legend: '{{instance}}' },
          ],
        },
        {
          title: 'Failed refreshes',
          description: 'Failed attempts to follow the store. The scorer answers with what it has.',
          unit: 'ops',
          runbook: 'index-stale',
          queries: [
            { expr: perSecond('halflife_refresh_failures_total', 'instance'), legend: '{{instance}}' },
          ],
        },
      ],
    },
  ],
}
