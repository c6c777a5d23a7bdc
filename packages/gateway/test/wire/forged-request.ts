import { SFNClient, ListStateMachinesCommand } from '@aws-sdk/client-sfn';
import { credentials, type Fixture } from './door-fixture.ts';
import { capture, type RawRequest } from './raw-request.ts';

export interface Forgery {
  /** Signing name; default `states`. */
  service?: string;
  method?: string;
  path?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string;
}

/** A request with a good signature over whatever nonsense is wanted: a client is made to sign it. */
export function forge(door: Fixture, forgery: Forgery): Promise<RawRequest> {
  return capture((requestHandler) => {
    const client = new SFNClient({
      region: 'eu-central-1',
      endpoint: door.endpoint,
      credentials,
      requestHandler,
      maxAttempts: 1,
      httpAuthSchemeProvider: () => [
        {
          schemeId: 'aws.auth#sigv4',
          signingProperties: { signingName: forgery.service ?? 'states' },
          propertiesExtractor: (config, context) => ({ signingProperties: { config, context } }),
        },
      ],
    });
    // After the client has written its own request, before it measures and signs it.
    client.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { headers: Record<string, string> };
        const { headers, service: _service, ...rest } = forgery;
        Object.assign(request, rest);
        Object.assign(request.headers, headers);
        return next(args);
      },
      { step: 'serialize', priority: 'low' },
    );
    return client.send(new ListStateMachinesCommand({}));
  });
}
