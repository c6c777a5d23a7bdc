import { parseResource } from '../resources.ts';
import type { Findings } from './diagnostic.ts';

/** A Task's Resource is an ARN of a known shape. Express machines wait for nobody: no `.sync`, token or activity. */
export function checkResource(
  arn: string,
  type: 'STANDARD' | 'EXPRESS',
  at: string,
  findings: Findings,
): void {
  const resource = parseResource(arn);
  if (resource === undefined)
    return findings.schema(
      `The resource provided ${arn} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`,
      at,
    );
  if (type === 'STANDARD') return;
  if (resource.kind === 'activity')
    findings.schema('Express state machine does not support Activity ARN', at);
  if (resource.kind !== 'service' || resource.suffix === undefined) return;
  if (resource.suffix === '.waitForTaskToken')
    // The space at the end is the service's.
    findings.schema("Express state machine does not support '.waitForTaskToken' service integration ", at);
  else findings.schema("Express state machine does not support '.sync' service integration", at);
}
