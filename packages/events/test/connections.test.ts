import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inWorld, REGION, type World } from './world.ts';

const BASIC = { BasicAuthParameters: { Username: 'user', Password: 'hidden-1' } };
const OAUTH = {
  OAuthParameters: {
    ClientParameters: { ClientID: 'id', ClientSecret: 'hidden-2' },
    AuthorizationEndpoint: 'https://example.com/token',
    HttpMethod: 'POST',
    OAuthHttpParameters: {
      BodyParameters: [
        { Key: 'audience', Value: 'api', IsValueSecret: false },
        { Key: 'extra', Value: 'hidden-3', IsValueSecret: true },
      ],
    },
  },
};

function createBasic(world: World, Name = 'c') {
  return world.service.createConnection(REGION, { Name, AuthorizationType: 'BASIC', AuthParameters: BASIC });
}

function createDestination(world: World, ConnectionArn: string, change: object = {}) {
  return world.service.createApiDestination(REGION, {
    Name: 'd',
    ConnectionArn,
    InvocationEndpoint: 'https://example.com/hook',
    HttpMethod: 'POST',
    ...change,
  });
}

test(
  'a connection is shown without its secrets, which stay for whoever makes the request',
  inWorld(async (world) => {
    const { ConnectionArn } = await createBasic(world);
    await world.service.createConnection(REGION, {
      Name: 'o',
      AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS',
      AuthParameters: OAUTH,
    });
    const { Connections } = await world.service.listConnections(REGION, {});
    const shown = [...Connections, await world.service.describeConnection(REGION, 'o')];
    assert.doesNotMatch(JSON.stringify(shown), /hidden/);
    assert.match(JSON.stringify(shown), /"Key":"audience","Value":"api"/);
    const kept = await world.service.connectionByArn(ConnectionArn);
    assert.equal(kept?.AuthParameters.BasicAuthParameters?.Password, 'hidden-1');
  }),
);

test(
  'a key or a password is authorized at once; OAuth waits for a token, and its destinations with it',
  inWorld(async (world) => {
    assert.equal((await createBasic(world)).ConnectionState, 'AUTHORIZED');
    const oauth = await world.service.createConnection(REGION, {
      Name: 'o',
      AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS',
      AuthParameters: OAUTH,
    });
    assert.equal(oauth.ConnectionState, 'AUTHORIZING');
    assert.equal((await createDestination(world, oauth.ConnectionArn)).ApiDestinationState, 'INACTIVE');
    await world.service.connectionAuthorized(oauth.ConnectionArn, 'The endpoint answered 400.');
    const refused = await world.service.describeConnection(REGION, 'o');
    assert.equal(refused.ConnectionState, 'DEAUTHORIZED');
    assert.equal(refused.StateReason, 'The endpoint answered 400.');
    await world.service.connectionAuthorized(oauth.ConnectionArn, undefined);
    assert.equal((await world.service.describeConnection(REGION, 'o')).StateReason, undefined);
    assert.equal((await world.service.describeApiDestination(REGION, 'd')).ApiDestinationState, 'ACTIVE');
  }),
);

test(
  'a connection is updated, deauthorized without its secrets, and deleted',
  inWorld(async (world) => {
    const { ConnectionArn } = await createBasic(world);
    const AuthParameters = { ApiKeyAuthParameters: { ApiKeyName: 'X-Key', ApiKeyValue: 'hidden-4' } };
    await world.service.updateConnection(REGION, { Name: 'c', AuthorizationType: 'API_KEY', AuthParameters });
    assert.deepEqual((await world.service.describeConnection(REGION, 'c')).AuthParameters, {
      ApiKeyAuthParameters: { ApiKeyName: 'X-Key' },
    });
    await world.service.deauthorizeConnection(REGION, 'c');
    const kept = await world.service.connectionByArn(ConnectionArn);
    assert.deepEqual([kept?.ConnectionState, kept?.AuthParameters], ['DEAUTHORIZED', {}]);
    await world.service.deleteConnection(REGION, 'c');
    await assert.rejects(world.service.describeConnection(REGION, 'c'), {
      code: 'ResourceNotFoundException',
      message: "Failed to describe the connection(s). Connection 'c' does not exist.",
    });
  }),
);

test(
  'a connection is refused with every constraint it breaks, without its parameters and twice',
  inWorld(async (world) => {
    const Name = 'This should fail with two errors 123467890123412341234123412341234';
    await assert.rejects(
      world.service.createConnection(REGION, { Name, AuthorizationType: 'X', AuthParameters: BASIC }),
      { message: /^3 validation errors detected: Value/ },
    );
    await assert.rejects(
      world.service.createConnection(REGION, {
        Name: 'c',
        AuthorizationType: 'API_KEY',
        AuthParameters: BASIC,
      }),
      { message: /needs ApiKeyAuthParameters/ },
    );
    await createBasic(world);
    await assert.rejects(createBasic(world), { code: 'ResourceAlreadyExistsException' });
  }),
);

test(
  'a client’s secret goes to https:// and to this machine alone',
  inWorld(async (world) => {
    const create = (Name: string, AuthorizationEndpoint: string) =>
      world.service.createConnection(REGION, {
        Name,
        AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS',
        AuthParameters: { OAuthParameters: { ...OAUTH.OAuthParameters, AuthorizationEndpoint } },
      });
    for (const endpoint of [
      'http://example.com/token',
      'HTTP://example.com/token',
      'http://127.0.0.1.example.com/token',
      'ftp://localhost/token',
      'https://user:password@example.com/token',
    ])
      await assert.rejects(create('o', endpoint), /AuthorizationEndpoint is not valid/, endpoint);
    await create('local', 'http://127.0.0.1:9/token');
    await create('no-address', 'anything');
    await assert.rejects(
      world.service.updateConnection(REGION, {
        Name: 'local',
        AuthParameters: {
          OAuthParameters: { ...OAUTH.OAuthParameters, AuthorizationEndpoint: 'http://example.com' },
        },
      }),
      { code: 'ValidationException' },
    );
  }),
);

test(
  'an API destination keeps what an update leaves out, and is deleted once',
  inWorld(async (world) => {
    const { ConnectionArn } = await createBasic(world);
    await createDestination(world, ConnectionArn, { Description: 'first' });
    await world.service.updateApiDestination(REGION, { Name: 'd', HttpMethod: 'PUT' });
    const destination = await world.service.describeApiDestination(REGION, 'd');
    assert.equal(destination.Description, 'first');
    assert.equal(destination.HttpMethod, 'PUT');
    assert.equal(destination.InvocationRateLimitPerSecond, 300);
    const { ApiDestinations } = await world.service.listApiDestinations(REGION, { ConnectionArn });
    assert.equal(ApiDestinations.length, 1);
    await world.service.deleteApiDestination(REGION, 'd');
    await assert.rejects(world.service.deleteApiDestination(REGION, 'd'), {
      message: "Failed to describe the api-destination(s). An api-destination 'd' does not exist.",
    });
  }),
);

test(
  'plain HTTP is for this machine only',
  inWorld(async (world) => {
    const { ConnectionArn } = await createBasic(world);
    for (const [n, host] of ['127.0.0.1:8080', 'localhost', '[::1]:1'].entries())
      await createDestination(world, ConnectionArn, {
        Name: `d${n}`,
        InvocationEndpoint: `http://${host}/x`,
      });
    for (const endpoint of [
      'http://example.com/',
      'http://127.0.0.1.example.com/',
      'file:///etc/passwd',
      'x',
    ])
      await assert.rejects(createDestination(world, ConnectionArn, { InvocationEndpoint: endpoint }), {
        code: 'ValidationException',
        message: /^Parameter InvocationEndpoint is not valid/,
      });
    // Only the model's characters: what a URL parser forgives would be sent as something else.
    for (const endpoint of ['https://a.b/\r\nX: y', 'https://a.b/{x}', ' https://a.b/', 'http://[::1]/\t'])
      await assert.rejects(createDestination(world, ConnectionArn, { InvocationEndpoint: endpoint }), {
        code: 'ValidationException',
        message:
          /at 'invocationEndpoint' failed to satisfy constraint: Member must satisfy regular expression/,
      });
    const endpoint = 'https://user:secret@a.b/';
    await assert.rejects(
      createDestination(world, ConnectionArn, { InvocationEndpoint: endpoint }),
      (error) => {
        assert.match(String(error), /no user name and no password/);
        assert.doesNotMatch(String(error), /secret/);
        return true;
      },
    );
  }),
);
