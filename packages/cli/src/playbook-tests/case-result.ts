import type { CallSummary, SentMail } from '@riposte/server';
import type { LabelledExecution } from './machines.ts';

export interface Failure {
  /** Place in `expect`. */
  what: string;
  problem: string;
}

/** What a case did. */
export interface Observed {
  executions: LabelledExecution[];
  calls: readonly CallSummary[];
  mails: readonly SentMail[];
}

export interface CaseResult {
  name: string;
  /** `broken`: the case cannot be carried out as it is written. */
  verdict: 'passed' | 'failed' | 'broken';
  failures: Failure[];
  observed: Observed;
  virtualMs: number;
  realMs: number;
  /** What the server told its operator. */
  reports: string[];
}
