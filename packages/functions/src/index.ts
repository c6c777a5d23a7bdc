export { createCodeStore } from './code-store.ts';
export type { CodeStore, StoredCode } from './code-store.ts';
export { checkVariables } from './environment.ts';
export { createFunctionHost } from './host.ts';
export { packageCode } from './package-code.ts';
export type {
  CredentialsIssuer,
  FunctionConfiguration,
  FunctionHost,
  FunctionHostOptions,
  Invocation,
  InvocationResult,
  LogSink,
  ProcessCredentials,
} from './ports/function-host.ts';
export { checkRuntime, RUNTIMES } from './runtimes.ts';
