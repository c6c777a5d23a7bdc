import { exampleId } from './example-ids.ts';
import type { HealthCode, Subject } from './health-event.ts';

const retirement = {
  service: 'EC2',
  category: 'scheduledChange',
  personas: ['OPERATIONS'],
  actionability: 'ACTION_REQUIRED',
  startsInDays: 14,
  entityStatus: 'PENDING',
  entity: (number: number) => exampleId('i', number),
} satisfies Partial<HealthCode>;

/** Instances and volumes whose hardware is failing or has failed. */
export const ec2Codes: readonly HealthCode[] = [
  {
    ...retirement,
    code: 'AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED',
    title: 'Instances with an instance store will be retired',
    description: (subject) =>
      `Sample notice: the hardware below ${things(subject, 'instance')} in ${subject.region} is degrading. The instance ends on ${day(subject)}, and what is in its instance store is lost then. Start another one from an image and move the work there.`,
  },
  {
    ...retirement,
    code: 'AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED',
    title: 'Instances with an EBS root volume will be retired',
    description: (subject) =>
      `Sample notice: the hardware below ${things(subject, 'instance')} in ${subject.region} is degrading. The instance is stopped on ${day(subject)}. Stopping and starting it before that date moves it to other hardware.`,
  },
  {
    service: 'EBS',
    category: 'issue',
    personas: ['OPERATIONS'],
    actionability: 'ACTION_REQUIRED',
    entityStatus: 'IMPAIRED',
    entity: (number) => exampleId('vol', number),
    code: 'AWS_EBS_VOLUME_LOST',
    title: 'EBS volumes are lost',
    description: (subject) =>
      `Sample notice: hardware failed in ${subject.region}, and ${things(subject, 'volume')} cannot be recovered. Make a new volume from the latest snapshot.`,
  },
];

function things({ entities }: Subject, noun: string): string {
  return entities.length === 1 ? `the ${noun} ${entities[0]}` : `${entities.length} ${noun}s`;
}

function day({ startMs }: Subject): string {
  return new Date(startMs).toISOString().slice(0, 10);
}
