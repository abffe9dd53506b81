import { type Dashboard, perSecond } from './panel.ts'

const clicks = 'halflife_recommendation_outcomes_total{outcome="click"}'
const conversions = 'halflife_recommendation_outcomes_total{outcome="conversion"}'
const impressions = 'halflife_recommendation_impressions_total'

export const quality: Dashboard = {
  uid: 'halflife-quality',
  title: 'Halflife: recommendation quality',
  description: 'What people did with what they were shown',
  rows: [
    {
      title: 'Outcomes',
      panels: [
        {
          title: 'Click rate by scenario',
          description: 'Clicks on recommended items for each item shown.',
          unit: 'percentunit',
          runbook: 'recommendation-quality',
          queries: [
            {
              expr: `${perSecond(clicks, 'scenario')} / ${perSecond(impressions, 'scenario')}`,
              legend: '{{scenario}}',
            },
          ],
        },
        {
          title: 'Click rate by variant',
          description: 'Clicks on recommended items for each item shown, by variant of an experiment.',
          unit: 'percentunit',
          runbook: 'recommendation-quality',
          queries: [
            {
              expr: `${perSecond(clicks, 'variant')} / ${perSecond(impressions, 'variant')}`,
              legend: '{{variant}}',
            },
          ],
        },
        {
          title: 'Conversion rate by scenario',
          description: 'Purchases of recommended items for each item shown.',
          unit: 'percentunit',
          runbook: 'recommendation-quality',
          queries: [
            {
              expr: `${perSecond(conversions, 'scenario')} / ${perSecond(impressions, 'scenario')}`,
              legend: '{{scenario}}',
            },
          ],
        },
        {
          title: 'Click rate by source',
          description: 'Clicks for each item shown, by the source that speaks loudest for the item.',
          unit: 'percentunit',
          runbook: 'recommendation-quality',
          queries: [
            {
              expr: `${perSecond(clicks, 'source')} / ${perSecond(impressions, 'source')}`,
              legend: '{{source}}',
            },
          ],
        },
        {
          title: 'Items shown',
          description: 'Items of answers that were given out, by scenario.',
          unit: 'ops',
          runbook: 'recommendation-quality',
          queries: [{ expr: perSecond(impressions, 'scenario'), legend: '{{scenario}}' }],
        },
        {
          title: 'Clicks by position',
          description: 'Where in the answer the clicked item stood. The first should lead.',
          unit: 'ops',
          runbook: 'recommendation-quality',
          queries: [{ expr: perSecond(clicks, 'position'), legend: '{{position}}' }],
        },
        {
          title: 'Outcomes of no page',
          description:
            'Clicks and purchases that came from elsewhere, or whose page was not logged, or is too old.',
          unit: 'eps',
          runbook: 'recommendation-quality',
          queries: [
            {
              expr: perSecond('halflife_recommendation_outcomes_unowed_total', 'outcome'),
              legend: '{{outcome}}',
            },
          ],
        },
        {
          title: 'Pages logged',
          description: 'Pages written to the log of impressions; all but `logged` were lost to it.',
          unit: 'reqps',
          runbook: 'recommendation-quality',
          queries: [
            { expr: perSecond('halflife_impressions_logged_total', 'outcome'), legend: '{{outcome}}' },
          ],
        },
      ],
    },
    {
      title: 'What answers rest on',
      panels: [
        {
          title: 'Answers by basis',
          description: "The user's interests, words, or, for users nobody knows, what many want.",
          unit: 'reqps',
          runbook: 'recommendation-quality',
          queries: [
            { expr: perSecond('halflife_ranking_duration_seconds_count', 'basis'), legend: '{{basis}}' },
          ],
        },
        {
          title: "Share that rests on the user's interests",
          description: 'The rest went to users of whom nothing was known yet, or answered words and items.',
          unit: 'percentunit',
          runbook: 'recommendation-quality',
          queries: [
            {
              expr: `${perSecond('halflife_ranking_duration_seconds_count{basis="interests"}')} / ${perSecond('halflife_ranking_duration_seconds_count')}`,
              legend: 'interests',
            },
          ],
        },
        {
          title: 'Events by type',
          description:
            'What users do, as the tracker sees it. Clicks and purchases are what answers are for.',
          unit: 'eps',
          runbook: 'recommendation-quality',
          queries: [{ expr: perSecond('halflife_events_total', 'type'), legend: '{{type}}' }],
        },
        {
          title: 'Events of unknown items',
          description: 'Share of events whose item the catalog did not have. They wait for it.',
          unit: 'percentunit',
          runbook: 'recommendation-quality',
          queries: [
            {
              expr: `${perSecond('halflife_events_total{outcome="waiting"}')} / ${perSecond('halflife_events_total')}`,
              legend: 'waiting',
            },
          ],
        },
      ],
    },
  ],
}
