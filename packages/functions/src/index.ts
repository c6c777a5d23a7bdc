export { createCodeStore } from './code-store.ts';
export type { CodeStore, StoredCode } from './code-store.ts';
export { checkVariables } from './environment.ts';
export { checkRuntime, createFunctionHost } from './host.ts';
export type { FunctionHostOptions } from './host.ts';
export { packageCode } from './package-code.ts';
export type {
  CredentialsIssuer,
  FunctionConfiguration,
  FunctionHost,
  Invocation,
  InvocationResult,
  LogSink,
  ProcessCredentials,
} from './ports/function-host.ts';
