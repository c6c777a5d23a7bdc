/**
 * Writes packages/gateway/src/sdk/services.json: the ids of AWS's services and the names they sign requests with, from
 * which all names of `aws-sdk:` integrations follow. Read from the service models that the AWS CLI of `.venv` brings
 * (Apache-2.0): `npx node scripts/sdk-services.ts`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Clients that other SDKs have and botocore has not. */
const FURTHER: Readonly<Record<string, string>> = { 'CloudWatch Events': 'events' };

interface Metadata {
  serviceId: string;
  signingName?: string;
  endpointPrefix: string;
}

const root = resolve(import.meta.dirname, '..');
const python = join(root, '.venv', 'lib');
const [version = ''] = readdirSync(python);
const data = join(python, version, 'site-packages', 'botocore', 'data');
const services: Record<string, string> = { ...FURTHER };
for (const folder of readdirSync(data, { withFileTypes: true }))
  if (folder.isDirectory()) {
    const { serviceId, signingName, endpointPrefix } = metadataOf(join(data, folder.name));
    services[serviceId] = signingName ?? endpointPrefix;
  }
const file = join(root, 'packages', 'gateway', 'src', 'sdk', 'services.json');
const inOrder = Object.entries(services).toSorted(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(file, `${JSON.stringify(Object.fromEntries(inOrder), null, 2)}\n`);
console.log(`Wrote ${file}: ${inOrder.length} services.`);

function metadataOf(folder: string): Metadata {
  const newest = readdirSync(folder).toSorted().at(-1);
  if (newest === undefined) throw new Error(`${folder} holds no version of the model.`);
  const text = gunzipSync(readFileSync(join(folder, newest, 'service-2.json.gz'))).toString();
  return (JSON.parse(text) as { metadata: Metadata }).metadata; // botocore's format
}
