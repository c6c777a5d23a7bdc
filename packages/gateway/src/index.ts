export type { AwsCall, AwsCalls } from './call.ts';
export type { CredentialLookup, SigningCredentials } from './credentials.ts';
export { browserRefusal } from './wire/browser-guard.ts';
export { createAwsDoor, type AwsDoor, type AwsDoorOptions } from './wire/door.ts';
export { serviceModels } from './wire/service-models.ts';
export { verifySignature } from './wire/signature.ts';
