import type { Mocks, SimulateRequest } from '@riposte/server';

/** One case as a test file has it. Texts may hold `${name}`: see `references.ts`. */
export interface TestCase {
  name: string;
  /** Injected, marked as simulated; several one right after the other, unless there is a pause between them. */
  event?: EventSource | (EventSource | Pause)[];
  /** Logical id or name of a state machine to start instead; with `#NAME`, a test case of the mock file. */
  machine?: string;
  input?: unknown;
  /** Of the template. */
  parameters?: Record<string, string | number | boolean>;
  /** What buckets hold at first, by name or logical id; one that the template does not have is made. */
  buckets?: Record<string, BucketContent>;
  /** AWS calls that bring the account into its starting state, after the template was applied and buckets were filled. */
  account?: AccountStep[];
  mocks?: Mocks;
  /** Seconds of simulated time that pass; default: until nothing is open any more. */
  after?: number;
  expect: Expectation;
}

/** A file relative to the test file, the same with changes, a sample of `riposte simulate`, or the event itself. */
export type EventSource =
  | string
  | { file: string; change: Record<string, unknown> }
  | ({ sample: string } & Omit<SimulateRequest, 'name' | 'event' | 'region' | 'eventBusName'>)
  | Record<string, unknown>;

/** Simulated time that passes before the next event, exactly. */
export interface Pause {
  waitSeconds: number;
}

/** A folder relative to the test file, or objects by key: a text as it is, everything else as JSON. */
export type BucketContent = string | Record<string, unknown>;

export interface AccountStep {
  service: string;
  operation: string;
  input?: Record<string, unknown>;
  /** Its answer is known by this name from then on. */
  save?: string;
  /** An access key id whose owner makes the call; default: the administrator. */
  as?: string;
  /** The call is meant to be refused with this code. */
  error?: string;
}

export interface ExecutionExpectation {
  status?: string;
  /** Every state entered, in order. */
  path?: string[];
  /** States entered in this order, others in between. */
  pathContains?: string[];
  /** States that are not entered. */
  pathLacks?: string[];
  /** What the output holds at least. */
  output?: unknown;
  error?: string;
  /** Simulated seconds. */
  tookSeconds?: number | { atLeast?: number; atMost?: number };
}

export interface Expectation extends ExecutionExpectation {
  /** How many executions started in all. */
  started?: number;
  /** By logical id or name of the machine: each of its executions, in order of their start. */
  executions?: Record<string, ExecutionExpectation | ExecutionExpectation[]>;
  /** Calls that were made and answered, in this order, others in between. */
  calls?: (string | CallExpectation)[];
  /** Calls that were not even tried; `iam:*` names all of a service. */
  noCalls?: string[];
  /** How many, or what each one says. */
  mails?: number | MailExpectation[];
  /** Objects by bucket and key: a text is all of it, null stands for none, everything else is what its JSON holds at least. */
  buckets?: Record<string, Record<string, unknown>>;
  /** What the account answers afterwards. */
  account?: AccountExpectation[];
}

export interface CallExpectation {
  /** `service:Operation` */
  call: string;
  /** What the input holds at least. */
  input?: unknown;
  /** Its error code; without one the call must have succeeded. */
  error?: string;
  state?: string;
}

export interface MailExpectation {
  to?: string;
  /** What it contains. */
  subject?: string | string[];
  body?: string | string[];
}

export interface AccountExpectation {
  service: string;
  operation: string;
  input?: Record<string, unknown>;
  /** What the answer holds at least. */
  output?: unknown;
  error?: string;
}
