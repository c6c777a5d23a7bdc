import { ServiceError } from '@riposte/engine';
import type { EventEnvelope } from '../ports/event-service.ts';
import { healthSample } from './health-event.ts';
import { riskCodes } from './health-risk.ts';
import type { Sample, SampleContext } from './sample.ts';

/** To add a sample: write its data beside `health-risk.ts` and list it here. */
const samples: readonly Sample[] = riskCodes.map(healthSample);

/** The events that can be simulated. */
export function sampleNames(): { name: string; title: string }[] {
  return samples.map(({ name, title }) => ({ name, title }));
}

/**
 * A fresh event of the catalogue, in the shape AWS sends today.
 * @throws ServiceError ResourceNotFoundException naming the samples there are
 */
export function sampleEvent(name: string, context: SampleContext): EventEnvelope {
  const sample = samples.find((candidate) => candidate.name === name);
  if (sample) return sample.make(context);
  throw new ServiceError(
    'ResourceNotFoundException',
    `There is no sample event ${name}. There are: ${samples.map((known) => known.name).join(', ')}.`,
    404,
  );
}
