export { MalformedPolicy } from './document.ts';
export type { Condition, Negatable, PolicyDocument, PolicyUse, PrincipalSet, Statement } from './document.ts';
export { evaluate } from './evaluate.ts';
export type { PolicySet } from './evaluate.ts';
export { accessDeniedMessage } from './message.ts';
export { parsePolicy } from './parse.ts';
export type {
  AccessRequest,
  ContextValue,
  NamedPolicy,
  RequestContext,
  RequestPrincipal,
} from './request.ts';
export { evaluateTrust } from './trust.ts';
export type { TrustRequest } from './trust.ts';
export type { PolicyKind, Verdict } from './verdict.ts';
