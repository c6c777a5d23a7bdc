import { serviceSample, type Sample } from './sample.ts';

/** @see https://docs.aws.amazon.com/acm/latest/userguide/supported-events.html */
export const acmSamples: readonly Sample[] = [
  serviceSample(
    {
      name: 'acm/CertificateApproachingExpiration',
      title: 'A certificate is near its end (sent each day)',
      pattern: {
        source: ['aws.acm'],
        'detail-type': ['ACM Certificate Approaching Expiration'],
        detail: { DaysToExpiry: [{ numeric: ['<=', 30] }] },
      },
    },
    ({ region, account, entities }) => ({
      source: 'aws.acm',
      detailType: 'ACM Certificate Approaching Expiration',
      resources: entities ?? [
        `arn:aws:acm:${region}:${account}:certificate/12345678-1234-1234-1234-123456789012`,
      ],
      detail: { DaysToExpiry: 14, CommonName: 'www.example.com' },
    }),
  ),
];
