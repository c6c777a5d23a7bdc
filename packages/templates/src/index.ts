export type { AwsClient } from './ports/aws-client.ts';
