/** The kinds of target, one rule each. `poison` is an endpoint that never answers. */
export const KINDS = ['machine', 'function', 'topic', 'queue', 'bus', 'http', 'log', 'poison'] as const;
export type Kind = (typeof KINDS)[number];

export const ruleName = (kind: Kind): string => `soak-${kind}`;

/** One event as the soak put it. */
export interface PutEvent {
  number: number;
  /** The targets that it is for. */
  kinds: Kind[];
  /** As PutEvents answered; absent when no answer came, so that nobody knows whether it is stored. */
  eventId?: string;
}

/**
 * What the soak itself knows, apart from anything that the server says of itself: which events were acknowledged, and
 * what each target saw of them.
 */
export class Ledger {
  readonly put: PutEvent[] = [];
  /** By kind: event id → the keys of what the target saw, e.g. message ids. Of an endpoint only what it took. */
  readonly seen = new Map<Kind, Map<string, Set<string>>>(KINDS.map((kind) => [kind, new Map()]));
  /** `<rule> <event id>` → ids of the messages in the dead-letter queue. */
  readonly deadLetters = new Map<string, Set<string>>();

  acknowledged(): (PutEvent & { eventId: string })[] {
    return this.put.filter((event): event is PutEvent & { eventId: string } => event.eventId !== undefined);
  }

  saw(kind: Kind, eventId: string, key: string): void {
    add(this.seen.get(kind)!, eventId, key); // every kind has its map
  }

  sawDeadLetter(rule: string, eventId: string, messageId: string): void {
    add(this.deadLetters, `${rule} ${eventId}`, messageId);
  }

  hasArrived(kind: Kind, eventId: string): boolean {
    return this.seen.get(kind)!.has(eventId) || this.deadLetters.has(`${ruleName(kind)} ${eventId}`);
  }

  /** Acknowledged events and targets that have not met, and are not in the dead-letter queue. */
  missing(): { kind: Kind; eventId: string }[] {
    return this.acknowledged().flatMap(({ eventId, kinds }) =>
      kinds.filter((kind) => !this.hasArrived(kind, eventId)).map((kind) => ({ kind, eventId })),
    );
  }
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  const values = map.get(key);
  if (values) values.add(value);
  else map.set(key, new Set([value]));
}
