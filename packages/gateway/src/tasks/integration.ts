import type { ServiceError } from '@riposte/engine';
import type { Told } from './result.ts';

/** One API call that a task makes: what to call, with what, and how to tell states what came of it. */
export interface Integration {
  /** Signing name. */
  service: string;
  operation: string;
  /** A refused call as the failure of the task. */
  refused(error: ServiceError, requestId: string): { error: string; cause: string };
  /** What is wrong with a state's parameters by the names of their members alone; one sentence each. */
  nameProblems(names: readonly string[]): string[];
  /** What is wrong with parameters that a definition writes out; one sentence each. Default: their values are not looked at. */
  literalProblems?(literals: { readonly [member: string]: unknown }): string[];
  /**
   * @param parameters effective parameters of the state, JSON text
   * @param origin ARNs of the execution and of its state machine
   * @throws InvalidParameters, ServiceError
   */
  input(parameters: string, origin?: readonly string[]): object;
  /** Why the call cannot even be sent. Default: it can. */
  unreachable?(input: { [member: string]: unknown }): { error: string; cause: string } | undefined;
  result(output: Record<string, unknown>, told: Told): unknown;
  /** An answer of success that says the work failed. Default: there is none. */
  failure?(output: Record<string, unknown>): { error: string; cause: string } | undefined;
}
