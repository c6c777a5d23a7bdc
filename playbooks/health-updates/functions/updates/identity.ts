/**
 * Which event of AWS Health is the same as which other one. Pure and without imports: copy this file into a function of
 * your own, or import it, to recognise what comes twice.
 *
 * AWS Health delivers at least once, sends a copy of each event to a backup region, spreads long lists of entities over
 * pages that come in any order, and says each update of an event by a new communication id. Three keys tell these apart:
 *
 *   delivery  one page of one update: the same for its repetitions and its copy in the backup region
 *   update    one update, all pages of it
 *   event     what goes on in the account, from its first update to the closing one
 */

/** The members of an AWS Health event that tell what it is. Older formats lack some of them. */
export interface HealthEvent {
  /** The receiving account: of an organisation's administrator, perhaps. */
  account: string;
  /** `2026-01-01T00:00:00Z` */
  time: string;
  detail: {
    eventArn?: string;
    /** With the page at its end (`…-2`) in the current format, also where there is only one. */
    communicationId?: string;
    /** `Wed, 12 Feb 2025 00:37:54 GMT` */
    lastUpdatedTime?: string;
    /** A number as text, from 1. */
    page?: string;
    totalPages?: string;
    /** The account that the event is about. */
    affectedAccount?: string;
  };
}

/** Of pages of one update, the number of this one and how many there are. Older formats have one page and do not say so. */
export function pageOf({ detail }: HealthEvent): { page: number; totalPages: number } {
  const page = positive(detail.page);
  return { page, totalPages: Math.max(page, positive(detail.totalPages)) };
}

export function deliveryKey(event: HealthEvent): string {
  const { communicationId, page } = event.detail;
  const identity = communicationId ? [communicationId] : unnamedUpdate(event);
  return [affectedAccount(event), ...identity, page || '1'].join('|');
}

export function updateKey(event: HealthEvent): string {
  const communication = communicationOf(event);
  const identity = communication ? [communication] : unnamedUpdate(event);
  return [affectedAccount(event), ...identity].join('|');
}

export function eventKey(event: HealthEvent): string {
  return [affectedAccount(event), event.detail.eventArn ?? ''].join('|');
}

/** The communication id without its page; undefined in formats that have none. */
export function communicationOf({ detail }: HealthEvent): string | undefined {
  const { communicationId } = detail;
  if (!communicationId) return undefined;
  // only the page itself is cut off: ids of older formats may end in digits of their own
  const suffix = `-${detail.page || '1'}`;
  return communicationId.endsWith(suffix) ? communicationId.slice(0, -suffix.length) : communicationId;
}

/** When the update was made, in a form that sorts as text: `2025-02-12T00:37:54.000Z`. */
export function updatedAt({ time, detail }: HealthEvent): string {
  const said = new Date(detail.lastUpdatedTime ?? time);
  return Number.isNaN(said.getTime()) ? time : said.toISOString();
}

function affectedAccount({ account, detail }: HealthEvent): string {
  return detail.affectedAccount || account;
}

function unnamedUpdate({ detail }: HealthEvent): string[] {
  return [detail.eventArn ?? '', detail.lastUpdatedTime ?? ''];
}

function positive(text: string | undefined): number {
  const number = Number(text ?? 1);
  return Number.isInteger(number) && number > 0 ? number : 1;
}
