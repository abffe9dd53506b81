import { type Dashboard, perSecond, quantile } from './panel.ts'

/** The four questions. */
export const overview: Dashboard = {
  uid: 'halflife-overview',
  title: 'Halflife: overview',
  description: 'Are interests fresh? Is anything lost? Are answers fast? Are they good?',
  rows: [
    {
      title: 'Are interests fresh?',
      panels: [
        {
          kind: 'stat',
          title: 'Fresh within a second',
          description:
            'Share of events that had their effect within a second of the time they claim. Objective: 99 %.',
          unit: 'percentunit',
          runbook: 'freshness-budget',
          alarm: { below: 0.99 },
          queries: [{ expr: '1 - halflife:freshness_errors:ratio_rate5m', legend: 'fresh' }],
        },
        {
          kind: 'stat',
          title: 'Lag',
          description:
            'Age of the oldest record that is not handled yet, in the partition that is furthest behind.',
          unit: 's',
          runbook: 'tracker-behind',
          alarm: { from: 60 },
          queries: [{ expr: 'halflife:consumer_lag_seconds:max', legend: 'lag' }],
        },
        {
          title: 'From event to effect',
          description:
            'Time from the event to its effect in the store. The budget is one second for 99 of 100.',
          unit: 's',
          runbook: 'freshness-budget',
          queries: [
            { expr: quantile(0.5, 'halflife_freshness_seconds'), legend: 'half' },
            { expr: quantile(0.99, 'halflife_freshness_seconds'), legend: '99 of 100' },
          ],
        },
      ],
    },
    {
      title: 'Is anything lost?',
      panels: [
        {
          kind: 'stat',
          title: 'Events lost in an hour',
          description:
            'Events dropped while they waited for their item, or removed by the log before they were read. Must be 0.',
          unit: 'short',
          runbook: 'events-lost',
          alarm: { from: 0.5 },
          queries: [{ expr: 'halflife:events_lost:increase1h', legend: 'lost' }],
        },
        {
          kind: 'stat',
          title: 'Set aside',
          description: 'Records in the dead-letter topic since the trackers started. They can be put back.',
          unit: 'short',
          runbook: 'dead-letters',
          queries: [{ expr: 'sum(halflife_dead_letters_total) or vector(0)', legend: 'dead letters' }],
        },
        {
          title: 'Taken in and tracked',
          description:
            'Events that collectors took, and records that trackers handled. Producers may also write to Kafka themselves.',
          unit: 'eps',
          runbook: 'tracker-behind',
          queries: [
            { expr: perSecond('halflife_intake_events_total'), legend: 'taken in' },
            { expr: perSecond('halflife_events_total'), legend: 'tracked' },
          ],
        },
      ],
    },
    {
      title: 'Are answers fast?',
      panels: [
        {
          kind: 'stat',
          title: 'Answered without a 5xx',
          description: 'Share of requests to /v1/… that were not answered with a 5xx. Objective: 99.9 %.',
          unit: 'percentunit',
          runbook: 'availability-budget',
          alarm: { below: 0.999 },
          queries: [{ expr: '1 - halflife:availability_errors:ratio_rate5m', legend: 'answered' }],
        },
        {
          kind: 'stat',
          title: '99 of 100 rankings within',
          description: 'Time to compute a ranking, without network and queueing. Should stay below 100 ms.',
          unit: 's',
          runbook: 'answers-slow',
          alarm: { from: 0.1 },
          queries: [{ expr: 'halflife:answer_seconds:p99_rate5m', legend: '99 of 100' }],
        },
        {
          title: 'Requests by status',
          description: 'Requests to /v1/… by the status they were answered with.',
          unit: 'reqps',
          runbook: 'availability-budget',
          queries: [
            {
              expr: perSecond('halflife_http_request_duration_seconds_count{route=~"/v1/.+"}', 'status'),
              legend: '{{status}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Are they good?',
      panels: [
        {
          kind: 'stat',
          title: 'Degraded answers',
          description: 'Share of answers that say of themselves that they could be better. Should be 0.',
          unit: 'percentunit',
          runbook: 'answers-degraded',
          alarm: { from: 0.01 },
          queries: [{ expr: 'halflife:answers_degraded:ratio_rate5m', legend: 'degraded' }],
        },
        {
          kind: 'stat',
          title: 'Index age',
          description: 'How long ago the scorer that is furthest behind last held all that the store holds.',
          unit: 's',
          runbook: 'index-stale',
          alarm: { from: 30 },
          queries: [{ expr: 'halflife:index_age_seconds:max', legend: 'age' }],
        },
        {
          title: 'Click rate by scenario and variant',
          description: 'Clicks on recommended items for each item shown, over the last hour.',
          unit: 'percentunit',
          runbook: 'recommendation-quality',
          queries: [{ expr: 'halflife:click_rate:ratio_rate1h', legend: '{{scenario}} {{variant}}' }],
        },
        {
          title: 'Answers by basis',
          description:
            "What answers rest on: the user's interests, words, or, for users nobody knows, what many want.",
          unit: 'reqps',
          runbook: 'recommendation-quality',
          queries: [
            { expr: perSecond('halflife_ranking_duration_seconds_count', 'basis'), legend: '{{basis}}' },
          ],
        },
        {
          kind: 'stat',
          title: 'Model',
          description: 'The model by which texts become vectors. Must be the same in every process.',
          unit: 'short',
          runbook: 'models-differ',
          width: 24,
          names: true,
          queries: [{ expr: 'count by (model) (halflife_model_info)', legend: '{{model}}' }],
        },
      ],
    },
  ],
}
