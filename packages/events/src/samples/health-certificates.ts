import type { HealthCode } from './health-event.ts';

/** Certificates that ACM could not renew by itself. */
export const certificateCodes: readonly HealthCode[] = [
  {
    service: 'ACM',
    category: 'scheduledChange',
    personas: ['OPERATIONS', 'SECURITY'],
    actionability: 'ACTION_REQUIRED',
    startsInDays: 30,
    entityStatus: 'PENDING',
    entity: (number, { region, account }) =>
      `arn:aws:acm:${region}:${account}:certificate/12345678-1234-1234-1234-${String(123_456_789_012 + number)}`,
    code: 'AWS_ACM_RENEWAL_STATE_CHANGE',
    title: 'Certificates wait for somebody before they can be renewed',
    description: ({ entities }) =>
      `Sample notice: the certificate ${entities.join(', ')} ends in less than 30 days, and its domain could not be validated. Put the validation record into DNS again, or answer the mail to the owner of the domain.`,
  },
];
