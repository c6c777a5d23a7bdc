import assert from 'node:assert/strict';
import test from 'node:test';
import { filledEndpoint, UnfillableEndpoint } from '../../src/http/filled-endpoint.ts';

for (const [endpoint, values, expected] of [
  ['https://e.com/tenants/*/notify', ['a/../b?c#d'], 'https://e.com/tenants/a%2F..%2Fb%3Fc%23d/notify'],
  ['https://e.com/tenants/*/notify', ['%2e%2e'], 'https://e.com/tenants/%252e%252e/notify'],
  ['https://e.com/tenants/*/notify', ['\\..\\'], 'https://e.com/tenants/%5C..%5C/notify'],
  ['https://e.com/*/v*/x?q=*', ['...', '1', '..&r=1'], 'https://e.com/.../v1/x?q=..%26r%3D1'],
  ['https://e.com/*/*', ['a\ud800', '*'], 'https://e.com/a%EF%BF%BD/*'],
  ['https://*.e.com/*', ['eu-west-1', 'x'], 'https://eu-west-1.e.com/x'],
  ['https://e.com/a/../*', ['x'], 'https://e.com/x'],
] as const)
  test(`${endpoint} with ${JSON.stringify(values)} is ${expected}`, () => {
    assert.equal(filledEndpoint(endpoint, values).href, expected);
  });

for (const [endpoint, values, problem] of [
  ['https://e.com/tenants/*/notify', ['..'], /lead elsewhere/],
  ['https://e.com/tenants/*/notify', ['.'], /lead elsewhere/],
  ['https://e.com/tenants/.*/notify', ['.'], /lead elsewhere/],
  ['https://e.com/tenants/%2E*', ['.'], /lead elsewhere/],
  ['https://e.com/tenants/**', ['.', '.'], /lead elsewhere/],
  ['https://api-*/x', ['x.evil.com'], /no label/],
  ['https://*.e.com/x', ['evil.com/'], /no label/],
  ['https://*.e.com/x', ['a b'], /no label/],
  ['https://*.e.com/x', [], /no label/],
  ['https://1.2.3.*/x', ['999'], /no URL/],
] as const)
  test(`${endpoint} with ${JSON.stringify(values)} is refused`, () => {
    assert.throws(
      () => filledEndpoint(endpoint, values),
      (error) => error instanceof UnfillableEndpoint && problem.test(error.message),
    );
  });
