export { SdkAwsClient } from './connection/sdk-client.ts';
export { ServerConnection } from './connection/server-connection.ts';
export { runCommand } from './program.ts';
