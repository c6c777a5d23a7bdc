import type { Caller } from '@riposte/account';
import type { StepReference } from '@riposte/engine';

/** The step on whose behalf a caller acts. */
export function stepOf(caller: Caller): StepReference | undefined {
  return caller.kind === 'role-session' ? caller.step : undefined;
}

/** The caller as AccessDenied texts name it. */
export function nameOf(caller: Caller): string {
  return caller.kind === 'service' ? caller.service : caller.arn;
}
