/** Endpoints that never answer: so many that, each with all attempts that one target may have, they would fill the server. */
export const POISONS = ['poison-1', 'poison-2', 'poison-3', 'poison-4', 'poison-5'] as const;
/** The kinds of target, one rule each. */
export const KINDS = ['machine', 'function', 'topic', 'queue', 'bus', 'http', 'log', ...POISONS] as const;
export type Kind = (typeof KINDS)[number];

export const isPoison = (kind: Kind): boolean => POISONS.some((poison) => poison === kind);

export const ruleName = (kind: Kind): string => `soak-${kind}`;

/** One event as the soak put it. */
export interface PutEvent {
  number: number;
  /** The targets that it is for. */
  kinds: Kind[];
  /** As PutEvents answered; absent when no answer came, so that nobody knows whether it is stored. */
  eventId?: string;
}

/** An event as a target was handed it. */
export interface HandedEvent {
  id: string;
  /** Of its detail. */
  number: number;
}

/** @param body  an event, as no rule of the soak shapes it */
export function handedEvent(body: string): HandedEvent {
  const { id, detail } = JSON.parse(body) as { id: string; detail: { number: number } };
  return { id, number: detail.number };
}

/** The kind that a rule is for; the rule of the second bus delivers what the kind `bus` sees. */
export function kindOf(rule: string): Kind {
  return KINDS.find((kind) => ruleName(kind) === rule) ?? 'bus';
}

/**
 * What the soak itself knows, apart from anything that the server says of itself: which events were acknowledged, and
 * what each target saw of them.
 */
export class Ledger {
  readonly put: PutEvent[] = [];
  /**
   * By kind: event id → the keys of what the target saw, e.g. message ids, with the instant of the first look, in
   * milliseconds since the epoch. Of an endpoint only what it took.
   */
  readonly seen = new Map<Kind, Map<string, Map<string, number>>>(KINDS.map((kind) => [kind, new Map()]));
  /** `<rule> <event id>` → ids of the messages in the dead-letter queue. */
  readonly deadLetters = new Map<string, Map<string, number>>();
  /** Whatever came, also what an endpoint did not take, and what a dead letter tells of: once for each kind. */
  readonly #handed = new Map<string, HandedEvent & { kind: Kind }>();

  acknowledged(): (PutEvent & { eventId: string })[] {
    return this.put.filter((event): event is PutEvent & { eventId: string } => event.eventId !== undefined);
  }

  /** A target was handed an event; whether it took it is another question. */
  handed(kind: Kind, event: HandedEvent): void {
    this.#handed.set(`${kind} ${event.id} ${event.number}`, { ...event, kind });
  }

  saw(kind: Kind, event: HandedEvent, key: string): void {
    this.handed(kind, event);
    add(this.seen.get(kind)!, event.id, key); // every kind has its map
  }

  sawDeadLetter(rule: string, event: HandedEvent, messageId: string): void {
    this.handed(kindOf(rule), event);
    add(this.deadLetters, `${rule} ${event.id}`, messageId);
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

  /** What came where it was not for, was never put, or came under another id than the one that was answered. */
  strays(): string[] {
    return [...this.#handed.values()].flatMap(({ kind, id, number }) => {
      const put = this.put[number - 1];
      if (!put) return [`${kind}: ${id}, number ${number}, was never put`];
      if (!put.kinds.includes(kind))
        return [`${kind}: event ${number}, ${id}, is for ${put.kinds.join(', ')}`];
      if (put.eventId !== undefined && put.eventId !== id)
        return [`${kind}: event ${number} as ${id}, acknowledged as ${put.eventId}`];
      return [];
    });
  }
}

function add(map: Map<string, Map<string, number>>, key: string, value: string): void {
  const values = map.get(key) ?? new Map<string, number>();
  map.set(key, values);
  if (!values.has(value)) values.set(value, Date.now());
}
