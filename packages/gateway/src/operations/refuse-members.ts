import { ServiceError } from '@riposte/engine';

/** Codes under which a service refuses a parameter. */
const CODES: Record<string, string> = { lambda: 'InvalidParameterValueException' };

/**
 * Members that are modelled and not written: silently dropping them would answer with something else than asked.
 * @throws ServiceError naming the members
 */
export function refuseMembers<T extends object>(
  service: string,
  input: T,
  names: readonly (keyof T & string)[],
): void {
  const given = names.filter((name) => !isDefault(input[name]));
  if (given.length === 0) return;
  throw new ServiceError(
    CODES[service] ?? 'ValidationException',
    `${given.join(', ')}: not supported by Riposte yet. Leave it out.`,
  );
}

/** Absent, false, and an empty list or object ask for nothing. */
function isDefault(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true;
  return typeof value === 'object' && !(value instanceof Date) && Object.keys(value).length === 0;
}
