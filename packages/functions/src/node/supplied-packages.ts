import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Packages that Lambda's Node.js runtimes bring along. */
const SUPPLIED = /^@(aws-sdk|smithy)\//;

/**
 * Lets a function import or require the AWS SDK without packing it. The function's own copy goes first, as on AWS.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html#nodejs-sdk-included
 */
export function resolveSuppliedPackages(): void {
  const suppliedRequire = createRequire(import.meta.url);
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (!SUPPLIED.test(specifier)) return nextResolve(specifier, context);
      try {
        return nextResolve(specifier, context);
      } catch (missing) {
        try {
          // For `require` the next step looks from the requiring module, whatever parent it is told.
          if (context.conditions?.includes('require'))
            return { url: pathToFileURL(suppliedRequire.resolve(specifier)).href, shortCircuit: true };
          return nextResolve(specifier, { ...context, parentURL: import.meta.url });
        } catch {
          throw missing;
        }
      }
    },
  });
}
