import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { CreateTopicCommand, ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { type Browser, chromium } from 'playwright-core';
import { RunningServer } from './running-server.ts';

/** A web page that the user of a running Riposte happens to visit. It knows the well-known key, as everybody does. */
let server: RunningServer;
let site: Server;
let siteUrl: string;
let browser: Browser;
let awsPort: number;
let peoplePort: number;

before(async () => {
  server = await RunningServer.start();
  awsPort = Number(new URL(server.url).port);
  const health = (await (await fetch(`${server.url}/_riposte/health`)).json()) as { peopleUrl: string };
  peoplePort = Number(new URL(health.peopleUrl).port);
  site = createServer((_, response) =>
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>A harmless page</h1>'),
  );
  await new Promise<void>((opened) => site.listen(0, '127.0.0.1', opened));
  siteUrl = `http://evil.example:${(site.address() as AddressInfo).port}/`;
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--host-resolver-rules=MAP *.example 127.0.0.1',
    ],
  });
});
after(async () => {
  await browser.close();
  site.close();
  await server.stop();
});

async function topics(): Promise<string[]> {
  const client = sns();
  const { Topics } = await client.send(new ListTopicsCommand({}));
  client.destroy();
  return (Topics ?? []).map((topic) => topic.TopicArn ?? '');
}

function sns(): SNSClient {
  return new SNSClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
}

/** What the SDK would send to create a topic, to be sent again from a page: headers and body with a valid signature. */
async function signedCreateTopic(host: string): Promise<{ headers: Record<string, string>; body: string }> {
  const client = sns();
  let captured: { headers: Record<string, string>; body: string } | undefined;
  client.middlewareStack.add(
    () => async (handled: unknown) => {
      const { request } = handled as { request: { headers: Record<string, string>; body: string } };
      captured = { headers: { ...request.headers }, body: request.body };
      throw new Error('captured');
    },
    { step: 'deserialize', priority: 'low' },
  );
  client.middlewareStack.add(
    (next) => async (args) => {
      (args.request as { headers: Record<string, string> }).headers['host'] = host;
      return next(args);
    },
    { step: 'build', priority: 'low' },
  );
  await client.send(new CreateTopicCommand({ Name: 'made-by-a-page' })).catch(() => {});
  client.destroy();
  assert.ok(captured, 'the SDK signed a request');
  return captured;
}

test('a signed request from no browser works, so that the refusals below mean something', async () => {
  const host = `127.0.0.1:${awsPort}`;
  const { headers, body } = await signedCreateTopic(host);
  const answer = await fetch(server.url, { method: 'POST', headers, body });
  assert.equal(answer.status, 200, await answer.text());
  assert.deepEqual(
    (await topics()).map((arn) => arn.split(':').at(-1)),
    ['made-by-a-page'],
  );
});

test('a page that posts a form gets nothing done', async () => {
  const before = await topics();
  const page = await browser.newPage();
  await page.goto(siteUrl);
  await page.setContent(
    `<form method="post" action="${server.url}/"><input name="Action" value="CreateTopic"><input name="Name" value="by-form"><input name="Version" value="2010-03-31"></form>`,
  );
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url().startsWith(server.url)),
    page.evaluate('document.forms[0].submit()'),
  ]);
  assert.equal(answer.status(), 403);
  assert.equal(answer.headers()['x-content-type-options'], 'nosniff');
  assert.deepEqual(await topics(), before);
  await page.close();
});

test('a page that fetches with a valid signature gets nothing done and reads nothing', async () => {
  const before = await topics();
  const { headers, body } = await signedCreateTopic(`127.0.0.1:${awsPort}`);
  const page = await browser.newPage();
  await page.goto(siteUrl);
  for (const url of [`${server.url}/`, `http://127.0.0.1:${peoplePort}/api/executions`])
    for (const mode of ['cors', 'no-cors']) {
      const outcome = await page.evaluate(
        async ({ target, request, how }) => {
          try {
            const answer = await fetch(target, {
              method: 'POST',
              headers: request.headers,
              body: request.body,
              mode: how as NonNullable<RequestInit['mode']>,
            });
            return answer.type === 'opaque' ? 'opaque' : `read ${answer.status}`;
          } catch {
            return 'blocked';
          }
        },
        { target: url, request: { headers, body }, how: mode },
      );
      assert.match(outcome, /^(blocked|opaque)$/, `${mode} ${url}`);
    }
  assert.deepEqual(await topics(), before);
  await page.close();
});

test('a page whose name is rebound to the AWS door gets nothing done', async () => {
  const before = await topics();
  const host = `rebound.example:${awsPort}`;
  const { headers, body } = await signedCreateTopic(host);
  const page = await browser.newPage();
  const opened = await page.goto(`http://${host}/`);
  assert.equal(opened?.status(), 403, 'even opening it is refused');
  const status = await page.evaluate(
    async (request) =>
      (
        await fetch('/', { method: 'POST', headers: request.headers, body: request.body }).catch(
          () => undefined,
        )
      )?.status ?? 0,
    { headers, body },
  );
  assert.ok(status === 403 || status === 0, `answered ${status}`);
  const people = await page.goto(`http://rebound.example:${peoplePort}/api/executions`);
  assert.equal(people?.status(), 403);
  assert.deepEqual(await topics(), before);
  await page.close();
});
