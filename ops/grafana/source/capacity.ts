import { type Dashboard, perSecond } from './panel.ts'

const ours = '{job="halflife"}'
const process = '{{service}} {{instance}}'

export const capacity: Dashboard = {
  uid: 'halflife-capacity',
  title: 'Halflife: capacity',
  description: 'Is there enough of everything?',
  rows: [
    {
      title: 'Work',
      panels: [
        {
          title: 'Events tracked, by tracker',
          description: 'Records of the events topic that each tracker handles.',
          unit: 'eps',
          runbook: 'capacity',
          queries: [{ expr: perSecond('halflife_events_total', 'instance'), legend: '{{instance}}' }],
        },
        {
          title: 'Requests, by process',
          description: 'Requests to /v1/… that each process answers.',
          unit: 'reqps',
          runbook: 'capacity',
          queries: [
            {
              expr: perSecond(
                'halflife_http_request_duration_seconds_count{route=~"/v1/.+"}',
                'service, instance',
              ),
              legend: process,
            },
          ],
        },
        {
          title: 'Texts embedded by the model',
          description: 'Each takes about 6 ms of CPU; those found in the cache take none.',
          unit: 'ops',
          runbook: 'capacity',
          queries: [
            {
              expr: perSecond('halflife_embedding_texts_total{from="model"}', 'service'),
              legend: '{{service}}',
            },
          ],
        },
        {
          title: 'Waiting for log or store',
          description: 'Attempts that failed because something was away. Should be 0.',
          unit: 'ops',
          runbook: 'not-ready',
          queries: [{ expr: perSecond('halflife_waits_total', 'service, on'), legend: '{{service}} {{on}}' }],
        },
      ],
    },
    {
      title: 'Processes',
      panels: [
        {
          title: 'CPU by process',
          description:
            'Cores in use. JavaScript uses one; the model runs in a process of its own and is not in here.',
          unit: 'short',
          runbook: 'capacity',
          queries: [{ expr: `rate(process_cpu_seconds_total${ours}[$__rate_interval])`, legend: process }],
        },
        {
          title: 'Memory by process',
          description: 'Resident memory. What rises with the catalog is the index.',
          unit: 'bytes',
          runbook: 'capacity',
          queries: [{ expr: `process_resident_memory_bytes${ours}`, legend: process }],
        },
        {
          title: 'Heap in use',
          description: "JavaScript objects, within the heap's limit.",
          unit: 'bytes',
          runbook: 'capacity',
          queries: [{ expr: `nodejs_heap_size_used_bytes${ours}`, legend: process }],
        },
        {
          title: 'Event loop delay',
          description:
            '99th percentile of how much later than asked the event loop came round. 10 ms is nothing.',
          unit: 's',
          runbook: 'event-loop-blocked',
          queries: [{ expr: `nodejs_eventloop_lag_p99_seconds${ours}`, legend: process }],
        },
        {
          title: 'Garbage collection',
          description: 'Share of the time spent on collecting garbage.',
          unit: 'percentunit',
          runbook: 'event-loop-blocked',
          queries: [
            {
              expr: perSecond(`nodejs_gc_duration_seconds_sum${ours}`, 'service, instance'),
              legend: process,
            },
          ],
        },
        {
          title: 'Open files and connections',
          description: 'File descriptors in use, as a share of what the process may have.',
          unit: 'percentunit',
          runbook: 'capacity',
          queries: [{ expr: `process_open_fds${ours} / process_max_fds${ours}`, legend: process }],
        },
        {
          title: 'Spans lost',
          description:
            'Of recorded traces: could not be exported, or too many waited. Nothing else suffers from it.',
          unit: 'ops',
          runbook: 'capacity',
          queries: [
            {
              expr: perSecond('halflife_spans_total{outcome!="exported"}', 'service, outcome'),
              legend: '{{service}} {{outcome}}',
            },
          ],
        },
        {
          kind: 'stat',
          title: 'Processes ready',
          description: 'Processes that can do their work, by service.',
          unit: 'short',
          runbook: 'not-ready',
          width: 12,
          queries: [{ expr: 'sum by (service) (halflife_ready)', legend: '{{service}}' }],
        },
        {
          kind: 'stat',
          title: 'API keys',
          description: 'Keys that each process knows; 0 where nobody is asked for one.',
          unit: 'short',
          runbook: 'key-file-broken',
          width: 12,
          queries: [{ expr: 'max by (service) (halflife_api_keys)', legend: '{{service}}' }],
        },
      ],
    },
  ],
}
