export type { AwsCall, AwsCalls } from './call.ts';
export type { CredentialLookup, SigningCredentials } from './credentials.ts';
export { createGateway } from './gateway.ts';
export type { Gateway, GatewayOptions } from './gateway.ts';
export type { SupportedOperation } from './pipeline/catalogue.ts';
export { browserRefusal } from './wire/browser-guard.ts';
export { createAwsDoor, type AwsDoor, type AwsDoorOptions } from './wire/door.ts';
export { serviceModels } from './wire/service-models.ts';
export { verifySignature } from './wire/signature.ts';
