/** A policy document that was read and checked: every list is a list, every name is one the language knows. */
export interface PolicyDocument {
  /** 2008-10-17 where the text names none: policy variables are plain text there. */
  version: '2008-10-17' | '2012-10-17';
  id?: string;
  statements: readonly Statement[];
}

export interface Statement {
  sid?: string;
  effect: 'Allow' | 'Deny';
  /** Present in resource and trust policies only. */
  principal?: Negatable<PrincipalSet>;
  action: Negatable<readonly string[]>;
  /** Absent in trust policies: the role itself is the resource. */
  resource?: Negatable<readonly string[]>;
  conditions: readonly Condition[];
}

/** `Action` or `NotAction`, `Resource` or `NotResource`, `Principal` or `NotPrincipal`. */
export interface Negatable<T> {
  negated: boolean;
  value: T;
}

export interface PrincipalSet {
  /** `"Principal": "*"`: everybody, AWS services included. */
  everybody: boolean;
  /** `*`, account ids and ARNs. */
  aws: readonly string[];
  services: readonly string[];
  federated: readonly string[];
  canonicalUsers: readonly string[];
}

/** One key below one operator of a `Condition` block. */
export interface Condition {
  /** The operator without its set prefix and without `IfExists`, such as `StringLike`. */
  operator: string;
  /** `ForAllValues` or `ForAnyValue`, for context keys that carry several values. */
  set?: 'ForAllValues' | 'ForAnyValue';
  ifExists: boolean;
  key: string;
  values: readonly string[];
}

/** Where a document will stand; it decides which elements it must and must not have. */
export type PolicyUse = 'identity' | 'resource' | 'trust';

/** The text is no policy. The message is the one IAM gives, where it is, and what was found. */
export class MalformedPolicy extends Error {
  override readonly name = 'MalformedPolicy';
}
