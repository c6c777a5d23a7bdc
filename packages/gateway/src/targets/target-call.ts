import type { EventEnvelope } from '@riposte/events';

/** What is called for a target, and what of the answer its delivery is told. */
export interface TargetCall {
  service: string;
  operation: string;
  input: object;
  resultArn?: (output: Record<string, unknown>) => unknown;
  /** Default: the rule's. */
  region?: string;
  /** Whether it is made in a session of a role: always, or in EventBridge's own name when the target has none. */
  role: 'required' | 'of target' | 'none';
  forwarded?: EventEnvelope;
}
