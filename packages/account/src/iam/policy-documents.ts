import { ServiceError } from '@riposte/engine';
import { MalformedPolicy, parsePolicy, type PolicyUse } from '@riposte/policy';

/**
 * @returns the text, once it is known to be a policy
 * @throws ServiceError MalformedPolicyDocument
 */
export function checkedDocument(text: string, use: PolicyUse): string {
  try {
    parsePolicy(text, use);
    return text;
  } catch (error) {
    if (error instanceof MalformedPolicy)
      throw new ServiceError('MalformedPolicyDocument', error.message, 400, { cause: error });
    throw error;
  }
}

/** As IAM answers documents: percent-encoded (RFC 3986). */
export function encodedDocument(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
