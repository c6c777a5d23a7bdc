import type { Server } from 'node:http';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import { isJsonObject, parseJson } from '@riposte/json';
import type { AccountStore, CallRecord } from '@riposte/account';
import type { Clock, ExecutionHost, ExecutionStatus, Ids } from '@riposte/engine';
import { type EventService, type EventSources, sampleNames } from '@riposte/events';
import {
  browserRefusal,
  type CredentialLookup,
  readBody,
  signerRefusal,
  verifySignature,
} from '@riposte/gateway';
import { describeFailure, Refusal } from './errors.ts';
import { backtest, previewReplay, searchEvents } from './event-pages.ts';
import { callsOf, childrenOf } from './execution-pages.ts';
import { streamExecution, summarise, summariseCall } from './execution-stream.ts';
import { listMail } from './mail.ts';
import type { ExecutionDetail, SampleName, ServerDescription } from './shapes.ts';
import { explainEvent, type ExplainRequest } from './explain.ts';
import { createSource } from './source-pages.ts';
import { simulate, type SimulateRequest } from './simulate.ts';
import { StackRecords } from './stacks.ts';

/** Bytes of the largest request. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;

export interface PeopleDoorOptions {
  executions: ExecutionHost;
  events: EventService;
  sources: EventSources;
  accountStore: AccountStore;
  subscribeToCalls(listener: (call: CallRecord) => void): () => void;
  credentials: CredentialLookup;
  clock: Clock;
  ids: Ids;
  outboxFolder: string;
  allowedHosts: readonly string[];
  describe(): ServerDescription;
  report(line: string): void;
}

interface PeopleEnvironment {
  Bindings: HttpBindings;
  /** The request's, read and verified. */
  Variables: { body: Uint8Array };
}

type PeopleContext = Context<PeopleEnvironment>;

/**
 * The door for people's tools: the command line today, the console later. Every request below `/api` is signed with
 * the administrator's key, like a call to AWS, for the service `riposte`. It sends no CORS headers, so pages of other
 * origins neither read nor sign.
 */
export function createPeopleDoor(options: PeopleDoorOptions): Server {
  const { executions, events, sources, accountStore, clock, ids } = options;
  const app = new Hono<PeopleEnvironment>();
  const stacks = new StackRecords(accountStore);

  app.onError((error, context) => {
    const { status, body, unexpected } = describeFailure(error);
    if (unexpected)
      options.report(
        `people's door: ${context.req.method} ${context.req.path}: ${error.stack ?? error.message}`,
      );
    return context.json(body, status as 500); // any status may carry a body here
  });
  app.notFound((context) =>
    context.json(
      { error: 'NotFound', message: `There is no ${context.req.method} ${context.req.path} here.` },
      404,
    ),
  );
  app.use('*', async (context, next) => {
    context.header('X-Content-Type-Options', 'nosniff');
    context.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
    context.header('Cache-Control', 'no-store');
    const { incoming } = context.env;
    const refused = browserRefusal({
      url: incoming.url ?? '/',
      headers: incoming.rawHeaders,
      port: incoming.socket.localPort,
      address: incoming.socket.localAddress,
      allowedHosts: options.allowedHosts,
    });
    if (refused !== undefined) throw new Refusal(403, 'Forbidden', refused);
    await next();
  });
  app.get('/', (context) =>
    context.text(
      'Riposte is running. Its web console is not built yet; use the command line: npx riposte --help\n',
    ),
  );
  app.use('/api/*', async (context, next) => {
    await authenticate(context, options);
    await next();
  });

  app.get('/api/server', (context) => context.json(options.describe()));

  app.get('/api/samples', (context) => context.json(sampleNames() satisfies SampleName[]));
  app.post('/api/simulate', async (context) => {
    const request = await readJson<SimulateRequest>(context);
    const { account, region } = options.describe();
    return context.json(await simulate({ events, clock, ids, account, region }, request));
  });
  app.get('/api/schedules', async (context) =>
    context.json(await events.upcoming(options.describe().region, limitOf(context, 10))),
  );
  app.post('/api/explain', async (context) => {
    const request = await readJson<ExplainRequest>(context);
    return context.json(await explainEvent(events, options.describe().region, request));
  });
  const eventPages = { events, region: () => options.describe().region };
  const asked = (context: PeopleContext) => ({
    query: (name: string) => context.req.query(name),
    limit: limitOf(context, 50),
    body: <T>() => readJson<T>(context),
  });
  app.get('/api/events', async (context) => context.json(await searchEvents(eventPages, asked(context))));
  app.post('/api/events/:id/resend', async (context) => {
    const { rule } = await readJson<{ rule?: string }>(context);
    return context.json(await events.resendEvent(context.req.param('id'), rule));
  });
  app.post('/api/backtest', async (context) => context.json(await backtest(eventPages, asked(context))));
  app.post('/api/replay-preview', async (context) =>
    context.json(await previewReplay(eventPages, asked(context))),
  );
  app.get('/api/events/:id', async (context) => {
    const stored = await events.describeEvent(context.req.param('id'));
    if (!stored) throw new Refusal(404, 'NotFound', `There is no event ${context.req.param('id')}.`);
    return context.json(stored);
  });

  app.get('/api/sources', async (context) => context.json(await sources.list()));
  app.post('/api/sources', async (context) =>
    context.json(await createSource(sources, options.describe().sourcesUrl, await readJson(context))),
  );
  app.delete('/api/sources/:name', async (context) => {
    await sources.remove(context.req.param('name'));
    return context.json({});
  });
  app.get('/api/sources/:name/rejected', async (context) =>
    context.json(await sources.rejected(context.req.param('name'), limitOf(context, 50))),
  );

  app.get('/api/executions', async (context) => {
    const filter = {
      ...queryMember(context, 'stateMachineArn'),
      ...queryMember(context, 'eventId'),
      ...queryMember(context, 'parentArn'),
      ...(queryMember(context, 'status') as { status?: ExecutionStatus }), // the host refuses what is none
    };
    const { executions: found, nextToken } = await executions.listExecutions(filter, {
      maxResults: limitOf(context, 50),
      ...queryMember(context, 'nextToken'),
    });
    return context.json({ executions: found.map(summarise), ...(nextToken !== undefined && { nextToken }) });
  });
  app.get('/api/executions/:arn', async (context) => {
    const executionArn = context.req.param('arn');
    const execution = await executions.describeExecution(executionArn);
    const children = await childrenOf(executions, executionArn);
    return context.json({
      ...execution,
      children: children.map(summarise),
    } satisfies ExecutionDetail);
  });
  app.get('/api/executions/:arn/calls', async (context) => {
    const executionArn = context.req.param('arn');
    await executions.describeExecution(executionArn);
    const newestMax = context.req.query('limit') === undefined ? undefined : limitOf(context, 1000);
    return context.json((await callsOf(accountStore, executionArn, newestMax)).map(summariseCall));
  });
  app.get('/api/executions/:arn/stream', async (context) => {
    const executionArn = context.req.param('arn');
    await executions.describeExecution(executionArn);
    const abort = new AbortController();
    return streamSSE(context, async (stream) => {
      stream.onAbort(() => abort.abort());
      const pastOnly = context.req.query('past') === 'true';
      for await (const message of streamExecution(options, executionArn, { signal: abort.signal, pastOnly }))
        await stream.writeSSE({ data: JSON.stringify(message) });
    });
  });

  app.get('/api/mail', async (context) =>
    context.json(
      await listMail(accountStore, options.outboxFolder, {
        limit: limitOf(context, 50),
        ...queryMember(context, 'executionArn'),
      }),
    ),
  );

  app.get('/api/stacks', async (context) => context.json(await stacks.list()));
  app.put('/api/stacks/:region/:name', async (context) =>
    context.json(await stacks.put(context.req.param(), await readJson(context))),
  );
  app.delete('/api/stacks/:region/:name', async (context) => {
    await stacks.delete(context.req.param(), Number(context.req.query('revision')));
    return context.json({});
  });

  // Without overrides this is node:http's own server.
  return createAdaptorServer({ fetch: app.fetch }) as Server;
}

async function authenticate(context: PeopleContext, options: PeopleDoorOptions): Promise<void> {
  const { incoming } = context.env;
  const head = {
    method: incoming.method ?? 'GET',
    url: incoming.url ?? '/',
    headers: incoming.rawHeaders,
    nowMs: options.clock.now(),
    credentials: options.credentials,
    allowServices: ['riposte'],
  };
  const refused = await signerRefusal(head);
  if (refused) throw new Refusal(401, refused.code, refused.message);
  const body = await readBody(incoming, BODY_BYTES_MAX);
  if (body === undefined) {
    context.header('Connection', 'close');
    throw new Refusal(413, 'RequestTooLarge', `A request may have at most ${BODY_BYTES_MAX} bytes.`);
  }
  const verdict = await verifySignature({ ...head, body });
  if (!verdict.ok) throw new Refusal(401, verdict.code, verdict.message);
  context.set('body', body);
  if (verdict.caller.kind !== 'administrator')
    throw new Refusal(
      403,
      'AccessDenied',
      `This door is for the administrator; the key belongs to ${verdict.caller.kind} of the account.`,
    );
}

async function readJson<T>(context: PeopleContext): Promise<T> {
  try {
    const value = parseJson(Buffer.from(context.get('body')).toString('utf8'));
    if (!isJsonObject(value)) throw new SyntaxError('it is no object');
    return value as T; // members are checked where they are used
  } catch (error) {
    throw new Refusal(
      400,
      'InvalidRequest',
      `The request's body must be a JSON object: ${(error as Error).message}.`,
      { cause: error },
    );
  }
}

function limitOf(context: PeopleContext, byDefault: number): number {
  const text = context.req.query('limit');
  if (text === undefined) return byDefault;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw new Refusal(400, 'InvalidRequest', `limit is ${text}, and must be a whole number from 1 to 1000.`);
  return limit;
}

function queryMember(context: PeopleContext, name: string): Record<string, string> {
  const value = context.req.query(name);
  return value === undefined ? {} : { [name]: value };
}
