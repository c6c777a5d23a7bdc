import { exampleKeyId } from './example-ids.ts';
import { serviceSample, type Sample } from './sample.ts';

const DAY_MS = 86_400_000;

/** Trusted Advisor's checks. It sends them in us-east-1 only. */
export const trustedAdvisorSamples: readonly Sample[] = [
  serviceSample(
    {
      name: 'trusted-advisor/ExposedAccessKeys',
      title: 'Trusted Advisor found an access key in a public place',
      pattern: {
        source: ['aws.trustedadvisor'],
        'detail-type': ['Trusted Advisor Check Item Refresh Notification'],
        detail: { status: ['ERROR'], 'check-name': ['Exposed Access Keys'] },
      },
    },
    ({ account, nowMs, uuid, userName = 'example-user', accessKeyIds: [keyId = exampleKeyId(0)] = [] }) => ({
      source: 'aws.trustedadvisor',
      detailType: 'Trusted Advisor Check Item Refresh Notification',
      resources: [],
      detail: {
        'check-name': 'Exposed Access Keys',
        'check-item-detail': {
          'Case ID': '12345678-1234',
          'Usage (USD per Day)': '0',
          'User Name (IAM or Root)': userName,
          Deadline: String(nowMs + 4 * DAY_MS),
          'Access Key ID': keyId,
          'Time Updated': String(nowMs),
          'Fraud Type': 'Exposed',
          Location: 'https://example.com/a-public-repository/settings.env',
        },
        status: 'ERROR',
        resource_id: `arn:aws:iam::${account}:user/${userName}`,
        uuid: uuid(),
      },
    }),
  ),
];
