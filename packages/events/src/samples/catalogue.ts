import { ServiceError } from '@riposte/engine';
import type { EventEnvelope } from '../ports/event-service.ts';
import { accessAnalyzerSamples } from './access-analyzer.ts';
import { acmSamples } from './acm.ts';
import { bucketCallSamples, signInSamples } from './cloudtrail.ts';
import { bucketFindings, credentialFindings } from './guardduty.ts';
import { certificateCodes } from './health-certificates.ts';
import { ec2Codes } from './health-ec2.ts';
import { healthSample } from './health-event.ts';
import { riskCodes } from './health-risk.ts';
import { nearest } from './nearest.ts';
import type { Sample } from './sample.ts';
import { checkRequest, type SampleRequest } from './sample-request.ts';
import { trustedAdvisorSamples } from './trusted-advisor.ts';

/** A heading and what stands below it. To add a sample: write its data beside `health-risk.ts` and list it here. */
const groups: readonly { title: string; samples: readonly Sample[] }[] = [
  { title: 'AWS Health: credentials at risk', samples: riskCodes.map(healthSample) },
  { title: 'AWS Health: instances and volumes', samples: ec2Codes.map(healthSample) },
  {
    title: 'Certificates near their end',
    samples: [...certificateCodes.map(healthSample), ...acmSamples],
  },
  {
    title: 'Credentials and sign-ins, seen by other services',
    samples: [...credentialFindings, ...signInSamples, ...trustedAdvisorSamples],
  },
  {
    title: 'Buckets open to the public',
    samples: [...bucketCallSamples, ...accessAnalyzerSamples, ...bucketFindings],
  },
];

const samples = groups.flatMap(({ samples: ofGroup }) => ofGroup);

/** What the catalogue tells of a sample. */
export interface SampleDescription {
  name: string;
  title: string;
  /** The heading it stands below. */
  group: string;
  /** Of a rule for it. */
  pattern: Record<string, unknown>;
}

/** The events that can be simulated, group by group. */
export function sampleNames(): SampleDescription[] {
  return groups.flatMap(({ title: group, samples: ofGroup }) =>
    ofGroup.map(({ name, title, pattern }) => ({ name, title, group, pattern })),
  );
}

/**
 * Fresh events of the catalogue, in the shape AWS sends today, in the order in which they would come: its pages, then
 * the backup region's copies of them, and all that as often as `times` says. Each has an event id of its own.
 * @throws ServiceError ResourceNotFoundException with names that are near; ValidationException for what such an event
 *   has not
 */
export function sampleEvents(name: string, request: SampleRequest): EventEnvelope[] {
  const sample = samples.find((candidate) => candidate.name === name);
  if (!sample) throw unknown(name);
  checkRequest(sample, request);
  const { times = 1, withBackup = false, page, ...context } = request;
  // copies and repetitions are the same notice
  const notice = {
    ...context,
    communicationId: context.communicationId ?? context.uuid().replaceAll('-', ''),
  };
  const copies = withBackup ? [notice, { ...notice, backup: true }] : [notice];
  return Array.from({ length: times }, () => copies.flatMap((copy) => sample.make(copy)))
    .flat()
    .filter(({ detail }) => page === undefined || detail['page'] === String(page));
}

function unknown(name: string): ServiceError {
  const near = nearest(
    name,
    samples.map((sample) => sample.name),
  );
  const advice =
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'riposte simulate --list tells all.';
  return new ServiceError(
    'ResourceNotFoundException',
    `There is no sample event named ${name}. ${advice}`,
    404,
  );
}
