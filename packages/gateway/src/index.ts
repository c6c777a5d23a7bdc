export type { AwsCall, AwsCalls } from './call.ts';
