import { ServiceError } from '@riposte/engine';
import { checkRuntime, checkVariables } from '@riposte/functions';

/** @throws ServiceError for a runtime, time limit (seconds) or memory size (MB) that a function cannot have */
export function checkSettings(settings: { Runtime?: string; Timeout?: number; MemorySize?: number }): void {
  const { Runtime, Timeout = 3, MemorySize = 128 } = settings;
  if (Runtime !== undefined) checkRuntime(Runtime);
  if (!Number.isInteger(Timeout) || Timeout < 1 || Timeout > 900)
    throw invalidValue('Timeout', Timeout, 'it must be 1 to 900 seconds');
  if (!Number.isInteger(MemorySize) || MemorySize < 128 || MemorySize > 10_240)
    throw invalidValue('MemorySize', MemorySize, 'it must be 128 to 10240 MB');
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
