import { distributedMaps, labelOf, processorDefinition, type Machine } from '@riposte/asl';
import { createHash } from 'node:crypto';
import { stateMachineDoesNotExist } from '../arn.ts';
import type { StateMachine } from '../ports/state-machines.ts';

/** The machine's ARN and the label in `…:stateMachine:NAME/LABEL`. */
export function splitLabel(arn: string): { machineArn: string; label: string } | undefined {
  const [, machineArn, label] = /^([^/]*:stateMachine:[^/:]+)\/([^/:]+)$/.exec(arn) ?? [];
  return machineArn === undefined || label === undefined ? undefined : { machineArn, label };
}

/**
 * A distributed Map of a machine, as a machine: what its children run.
 * @throws ServiceError `StateMachineDoesNotExist`
 */
export function labelledMachine(whole: StateMachine, parsed: Machine, label: string): StateMachine {
  const { stateMachineArn: wholeArn, definition } = whole;
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  const map = distributedMaps(parsed).find((each) => labelOf(each, wholeArn, digest) === label);
  const stateMachineArn = `${wholeArn}/${label}`;
  if (!map) throw stateMachineDoesNotExist(stateMachineArn);
  const type = (map.state.ItemProcessor ?? map.state.Iterator)?.ProcessorConfig?.ExecutionType ?? 'STANDARD';
  return {
    ...whole,
    stateMachineArn,
    name: `${whole.name}/${label}`,
    label,
    type,
    definition: processorDefinition(definition, map.stateName),
  };
}
