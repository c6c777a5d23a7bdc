export type {
  CredentialsIssuer,
  FunctionConfiguration,
  FunctionHost,
  Invocation,
  InvocationResult,
  LogSink,
  ProcessCredentials,
} from './ports/function-host.ts';
