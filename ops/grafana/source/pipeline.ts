import { type Dashboard, perSecond, quantile } from './panel.ts'

export const pipeline: Dashboard = {
  uid: 'halflife-pipeline',
  title: 'Halflife: pipeline',
  description: 'From the event to its effect in the store',
  rows: [
    {
      title: 'The way in',
      panels: [
        {
          title: 'Events taken in, by type',
          description: 'Events that collectors appended to the log.',
          unit: 'eps',
          runbook: 'availability-budget',
          queries: [{ expr: perSecond('halflife_intake_events_total', 'type'), legend: '{{type}}' }],
        },
        {
          title: 'Events refused, by code',
          description: 'Events refused at the door. Each code is explained in docs/errors.md.',
          unit: 'eps',
          runbook: 'dead-letters',
          queries: [{ expr: perSecond('halflife_intake_rejected_total', 'code'), legend: '{{code}}' }],
        },
        {
          title: 'Items and profiles taken in',
          description: 'Changes of the catalog and of user profiles that collectors appended to the log.',
          unit: 'eps',
          runbook: 'events-lost',
          queries: [
            { expr: perSecond('halflife_intake_items_total', 'change'), legend: 'items {{change}}' },
            { expr: perSecond('halflife_intake_profiles_total'), legend: 'profiles' },
          ],
        },
        {
          title: 'Clocks ahead',
          description: 'Events that claimed the future and were set to log time.',
          unit: 'eps',
          runbook: 'clocks-ahead',
          queries: [{ expr: perSecond('halflife_events_clamped_total'), legend: 'set to log time' }],
        },
      ],
    },
    {
      title: 'The tracker',
      panels: [
        {
          title: 'Events tracked a second, by outcome',
          description:
            'applied: counted. waiting: its item is not known yet. redelivered, repeated: counted before.',
          unit: 'eps',
          runbook: 'tracker-behind',
          queries: [{ expr: perSecond('halflife_events_total', 'outcome'), legend: '{{outcome}}' }],
        },
        {
          title: 'Time in each stage',
          description:
            '99th percentile of the time that a batch spends in each stage, in the order they are taken.',
          unit: 's',
          runbook: 'freshness-budget',
          queries: [
            { expr: quantile(0.99, 'halflife_batch_stage_duration_seconds', 'stage'), legend: '{{stage}}' },
          ],
        },
        {
          title: 'Lag by partition',
          description:
            'Age of the oldest record that is not handled yet. Rises while a partition stands still.',
          unit: 's',
          runbook: 'tracker-behind',
          queries: [
            {
              expr: 'max by (topic, partition) (halflife_consumer_lag_seconds)',
              legend: '{{topic}} {{partition}}',
            },
          ],
        },
        {
          title: 'Records to go',
          description: 'Records that are not handled yet, by topic.',
          unit: 'short',
          runbook: 'tracker-behind',
          queries: [{ expr: 'sum by (topic) (halflife_consumer_lag_records)', legend: '{{topic}}' }],
        },
        {
          title: 'From event to effect',
          description: 'Time from the event to its effect in the store.',
          unit: 's',
          runbook: 'freshness-budget',
          queries: [0.5, 0.9, 0.99].map((q) => ({
            expr: quantile(q, 'halflife_freshness_seconds'),
            legend: `${q * 100} of 100`,
          })),
        },
        {
          title: 'Catalog and profiles written',
          description: 'Items and profiles that trackers took into the store.',
          unit: 'eps',
          runbook: 'events-lost',
          queries: [
            { expr: perSecond('halflife_items_total', 'outcome'), legend: 'items {{outcome}}' },
            { expr: perSecond('halflife_profiles_total'), legend: 'profiles' },
          ],
        },
      ],
    },
    {
      title: 'What went wrong',
      panels: [
        {
          title: 'Events lost, by way',
          description:
            'Must be 0: dropped while waiting for an item, or removed by the log before they were read.',
          unit: 'eps',
          runbook: 'events-lost',
          queries: [
            { expr: perSecond('halflife_waiting_events_lost_total'), legend: 'waited too long' },
            { expr: perSecond('halflife_events_expired_total'), legend: 'expired in the log' },
          ],
        },
        {
          title: 'Batches delivered again, by reason',
          description: 'Failed batches. Nothing is lost, but the partition stands still meanwhile.',
          unit: 'ops',
          runbook: 'batches-failing',
          queries: [{ expr: perSecond('halflife_batch_failures_total', 'code'), legend: '{{code}}' }],
        },
        {
          title: 'Dead letters, by code',
          description: 'Records set aside since the trackers started.',
          unit: 'short',
          runbook: 'dead-letters',
          queries: [
            { expr: 'sum by (topic, code) (halflife_dead_letters_total)', legend: '{{topic}} {{code}}' },
          ],
        },
        {
          title: 'Fenced writes',
          description:
            'Writes refused because another tracker had changed the user. A few when partitions move.',
          unit: 'wps',
          runbook: 'writes-fenced',
          queries: [{ expr: perSecond('halflife_writes_fenced_total'), legend: 'fenced' }],
        },
        {
          title: 'Waited for an item',
          description: 'Events applied after their item appeared, and users woken for it.',
          unit: 'eps',
          runbook: 'events-lost',
          queries: [
            { expr: perSecond('halflife_waiting_events_settled_total'), legend: 'events settled' },
            { expr: perSecond('halflife_users_nudged_total'), legend: 'users woken' },
          ],
        },
        {
          title: 'Forgotten',
          description: 'Requests to forget a user, and users whose state was erased.',
          unit: 'eps',
          runbook: 'tracker-behind',
          queries: [
            { expr: perSecond('halflife_intake_forgettings_total'), legend: 'asked for' },
            { expr: perSecond('halflife_users_forgotten_total'), legend: 'forgotten' },
          ],
        },
      ],
    },
  ],
}
