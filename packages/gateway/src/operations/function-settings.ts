import { ServiceError } from '@riposte/engine';
import { checkRuntime, checkVariables } from '@riposte/functions';
import { checkRange } from './lambda-constraints.ts';

/** @throws ServiceError for a runtime, time limit (seconds) or memory size (MB) that a function cannot have */
export function checkSettings(settings: { Runtime?: string; Timeout?: number; MemorySize?: number }): void {
  const { Runtime, Timeout = 3, MemorySize = 128 } = settings;
  if (Runtime !== undefined) checkRuntime(Runtime);
  checkRange('timeout', Timeout, 1, 900);
  checkRange('memorySize', MemorySize, 128, 10_240);
}

/** @throws ServiceError for more than Lambda takes */
export function environmentOf(
  environment: { Variables?: Record<string, string> | undefined } | undefined,
): Record<string, string> {
  const variables = environment?.Variables ?? {};
  checkVariables(variables);
  return variables;
}

/** @throws ServiceError for traces: nobody collects them here */
export function checkTracing(config: { Mode?: string | undefined } | undefined): void {
  if ((config?.Mode ?? 'PassThrough') !== 'PassThrough')
    throw invalidValue('TracingConfig.Mode', config?.Mode, 'only PassThrough is supported by Riposte yet');
}

export function invalidValue(member: string, value: unknown, why: string): ServiceError {
  const shown = value === undefined ? 'null' : `'${String(value)}'`;
  return new ServiceError('InvalidParameterValueException', `Value ${shown} at '${member}': ${why}.`);
}
