import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DescribedError } from './runtime-client.ts';
import { syntaxErrorStack } from './syntax-place.ts';

export type Handler = (
  event: unknown,
  context: object,
  callback?: (error: unknown, result?: unknown) => void,
) => unknown;

/** Order as Lambda's, then TypeScript, which Lambda would have had compiled. */
const EXTENSIONS = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];

/** A failure of the runtime itself, with Lambda's name for it. */
export class RuntimeFailure extends Error {
  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/**
 * @param handler `folder/module.export[.nested]`
 * @throws RuntimeFailure Runtime.MalformedHandlerName, Runtime.ImportModuleError, Runtime.UserCodeSyntaxError, Runtime.HandlerNotFound
 */
export async function loadHandler(taskRoot: string, handler: string): Promise<Handler> {
  const match = /^((?:.*\/)?[^./]+)\.(.+)$/.exec(handler);
  if (!match || handler.includes('..'))
    throw new RuntimeFailure('Runtime.MalformedHandlerName', 'Bad handler');
  const [, path = '', names = ''] = match;
  const file = EXTENSIONS.map((extension) => resolve(taskRoot, path + extension)).find(isFile);
  if (file === undefined)
    throw new RuntimeFailure(
      'Runtime.ImportModuleError',
      `Error: Cannot find module '${path}' (looked for ${path}.js, .mjs, .cjs and .ts in the function's code)`,
    );
  const loaded = await importModule(file, taskRoot);
  const found = dig(loaded, names) ?? dig(loaded['default'], names);
  if (found === undefined)
    throw new RuntimeFailure('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof found !== 'function')
    throw new RuntimeFailure('Runtime.HandlerNotFound', `${handler} is not a function`);
  return found as Handler; // a function is all that Lambda asks of a handler, too
}

/** Lambda's error object. What is thrown need not be an Error. */
export function describeError(error: unknown): DescribedError {
  if (error instanceof Error) {
    return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

async function importModule(file: string, taskRoot: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>; // a module namespace is one
  } catch (error) {
    if (error instanceof SyntaxError) {
      const failure = new RuntimeFailure('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`, {
        cause: error,
      });
      failure.stack = syntaxErrorStack(error, `${failure.name}: ${failure.message}`, taskRoot);
      throw failure;
    }
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (error instanceof Error && (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'))
      throw new RuntimeFailure('Runtime.ImportModuleError', `Error: ${error.message}`, { cause: error });
    throw error;
  }
}

function dig(from: unknown, names: string): unknown {
  let value = from;
  for (const name of names.split('.')) {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return undefined;
    value = (value as Record<string, unknown>)[name]; // any object can be asked for a member
  }
  return value;
}
