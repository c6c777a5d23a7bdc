import { ServiceError } from '@riposte/engine';

/** In the sentence of the service. @param rule  e.g. `have value less than or equal to 50` */
export function brokenConstraint(shown: string, member: string, rule: string): ServiceError {
  return new ServiceError(
    'InvalidParameterException',
    `1 validation error detected: Value${shown} at '${member}' failed to satisfy constraint: Member must ${rule}`,
  );
}

/** @throws ServiceError for a page size that the service would refuse; without one, the largest */
export function checkedLimit(limit: number | undefined, max: number): number {
  if (limit === undefined) return max;
  if (limit >= 1 && limit <= max) return limit;
  const bound = limit < 1 ? 'greater than or equal to 1' : `less than or equal to ${max}`;
  throw brokenConstraint(` '${limit}'`, 'limit', `have value ${bound}`);
}
