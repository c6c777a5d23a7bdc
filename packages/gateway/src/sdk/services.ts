import table from './services.json' with { type: 'json' };
import { clientName, packageName, serviceKey } from './names.ts';

/** A service of AWS as its SDKs know it. */
export interface SdkService {
  /** E.g. `CloudWatch Logs`. */
  id: string;
  /** In `aws-sdk:<key>:<action>`, e.g. `cloudwatchlogs`. */
  key: string;
  /** Before the dot in errors, e.g. `CloudWatchLogs`. */
  client: string;
  /** Of the SDK for JavaScript, e.g. `@aws-sdk/client-cloudwatch-logs`. */
  packageName: string;
  /** What a call goes to: the signing name, e.g. `logs`. */
  service: string;
}

/** Clients that sign as another service does, whose operations of the same name are not theirs. */
const NAMED_BY_KEY: ReadonlySet<string> = new Set(['S3 Control']);

let byKey: ReadonlyMap<string, SdkService> | undefined;

/**
 * @param key as in `aws-sdk:<key>:<action>`
 * @returns undefined for what is no service of AWS
 */
export function sdkService(key: string): SdkService | undefined {
  byKey ??= new Map(sdkServices().map((service) => [service.key, service]));
  return byKey.get(key);
}

/** All that botocore knew when scripts/sdk-services.ts was run, in order of their ids. */
export function sdkServices(): SdkService[] {
  return Object.entries(table).map(([id, signingName]) => {
    const key = serviceKey(id);
    const service = NAMED_BY_KEY.has(id) ? key : signingName;
    return { id, key, client: clientName(id), packageName: packageName(id), service };
  });
}
