import { ServiceError } from '@riposte/engine';

/** Runtimes this host can start, all on the Node.js that runs the server. */
export const RUNTIMES: readonly string[] = ['nodejs20.x', 'nodejs22.x', 'nodejs24.x', 'nodejs26.x'];

/** @throws ServiceError InvalidParameterValueException for a runtime this server cannot start */
export function checkRuntime(runtime: string): void {
  if (RUNTIMES.includes(runtime)) return;
  throw new ServiceError(
    'InvalidParameterValueException',
    `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${RUNTIMES.join(', ')}] or be a valid ARN. This server has no other runtimes yet.`,
  );
}
