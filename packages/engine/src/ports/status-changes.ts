import type { Json } from '@riposte/asl';

/** A change of an execution's status, to be told outside. */
export interface StatusChange {
  region: string;
  /** The execution stems from an injected event. */
  simulated: boolean;
  /** The whole event as the bus carries it; its id is the same however often it is told. */
  envelope: Record<string, Json> & { id: string; detail: Record<string, Json> };
}

/** Takes a change. Resolves when it is on disk; what rejects is told again. May be told twice after a crash. */
export type StatusChangePublisher = (change: StatusChange) => Promise<void>;
