/** Randomness as a port, so that tests and replays are exact. */
export interface Ids {
  /** A random UUID, version 4, lower case. */
  uuid(): string;
  /** Unguessable text for task tokens, session tokens and secrets: URL-safe, at least 128 bits. */
  secret(): string;
  /** Uniform in [0, 1). */
  uniform(): number;
}
