import { ServiceError } from '@riposte/engine';
import type { Sample, SampleContext } from './sample.ts';

const PAGES_MAX = 100;
const TIMES_MAX = 100;

/** What is wanted of a sample: the context of one event, and which events there are of it. */
export interface SampleRequest extends SampleContext {
  /** Of the pages, this one alone. From 1. */
  page?: number;
  /** The copies that AWS Health sends to the backup region come after the originals. */
  withBackup?: boolean;
  /** How often everything is delivered; default 1. */
  times?: number;
}

/** @throws ServiceError ValidationException */
export function checkRequest({ name, isHealth }: Sample, request: SampleRequest): void {
  const { account, entities, times = 1, pages = 1, page = 1 } = request;
  if (!/^\d{12}$/.test(account)) refuse(`An account has twelve digits; ${account} is none.`);
  inRange('times', times, TIMES_MAX);
  inRange('pages', pages, PAGES_MAX);
  inRange('page', page, pages);
  if (entities && entities.length < pages)
    refuse(`${pages} pages need at least as many entities, and ${entities.length} are named.`);
  if (isHealth) return;
  for (const member of ['pages', 'page', 'backup', 'withBackup', 'closed', 'communicationId'] as const)
    if (request[member] !== undefined)
      refuse(`${name} is no notice of AWS Health, so it has no ${member}. Leave it away.`);
}

function inRange(what: string, value: number, max: number): void {
  if (!Number.isInteger(value) || value < 1 || value > max)
    refuse(`${what} is a whole number from 1 to ${max}, not ${value}.`);
}

function refuse(message: string): never {
  throw new ServiceError('ValidationException', message);
}
