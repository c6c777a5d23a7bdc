/**
 * The Node.js runtime client: loads the handler and serves invocations from the Lambda Runtime API until its server
 * is gone. Runs as the main program of a function process; started by function-process.ts, imported by nobody.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { RuntimeClient } from './runtime-client.ts';
import { describeError, loadHandler } from './handler.ts';
import { resolveSuppliedPackages } from './supplied-packages.ts';
import { serve } from './serve.ts';
import { rememberModules } from './syntax-place.ts';
import { watchProcess } from './watch-process.ts';

const compileCacheFolder = process.argv[2];
watchProcess(Number(process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']));
if (compileCacheFolder) enableCompileCache(compileCacheFolder);
resolveSuppliedPackages();
rememberModules();

const client = new RuntimeClient(process.env['AWS_LAMBDA_RUNTIME_API'] ?? '');
try {
  const handler = await loadHandler(process.env['LAMBDA_TASK_ROOT'] ?? '', process.env['_HANDLER'] ?? '');
  // A killed process never writes its cache, and this one will be killed.
  if (compileCacheFolder) flushCompileCache();
  await serve(client, handler);
} catch (error) {
  const described = describeError(error);
  console.error(JSON.stringify(described));
  await client.initError(described);
  process.exit(1);
}
