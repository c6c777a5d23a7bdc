import type { FunctionConfiguration } from '@riposte/functions';
import type { FunctionRecord } from '../operations/function-registry.ts';

/** A kept function as the host takes it. */
export function configurationOf(record: FunctionRecord): FunctionConfiguration {
  const { functionName, runtime, handler, timeoutSeconds, memorySizeMb, environment } = record;
  const { functionArn, roleArn, codeSha256, region } = record;
  return {
    functionName,
    functionArn,
    runtime,
    handler,
    timeoutSeconds,
    memorySizeMb,
    environment,
    roleArn,
    codeSha256,
    region,
  };
}
