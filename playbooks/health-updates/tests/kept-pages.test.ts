/** Pages that lie in the bucket already, as an interruption leaves them, and what the bucket holds in the end. */
import { nameOf } from '../functions/updates/update-store.ts';

const communicationId = '0123456789abcdef';
const update = `updates/${nameOf(`000000000000|${communicationId}`)}`;
const entities = ['vol-1', 'vol-2', 'vol-3'];

const keptPage = {
  version: '0',
  account: '000000000000',
  region: 'us-east-1',
  time: '2026-01-01T00:00:00Z',
  source: 'aws.health',
  'detail-type': 'AWS Health Event',
  resources: ['vol-2'],
  detail: {
    communicationId: `${communicationId}-2`,
    affectedEntities: [{ entityValue: 'vol-2' }],
    page: '2',
    totalPages: '3',
  },
};
const page = (number: number) => ({
  sample: 'health/AWS_EBS_VOLUME_LOST',
  communicationId,
  entities,
  pages: 3,
  page: number,
});

export default [
  {
    name: 'a page that was kept before an interruption is counted, and the whole list lies in the bucket',
    buckets: { UpdatePages: { [`${update}/pages/00002.json`]: keptPage } },
    event: [page(1), page(3)],
    expect: {
      executions: {
        KeepPage: [{ status: 'SUCCEEDED' }, { status: 'SUCCEEDED' }],
        AnnounceUpdate: { output: { assembly: { pages: 3, isComplete: true, entities: 3 } } },
      },
      buckets: {
        UpdatePages: {
          [`${update}/pages/00003.json`]: { source: 'aws.health', detail: { page: '3' } },
          [`${update}/pages/00004.json`]: null,
          [`${update}/entities.json`]: entities.map((entityValue) => ({ entityValue })),
        },
      },
    },
  },
];
