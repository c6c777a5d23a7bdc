import type { ValueMap } from '../read/value.ts';
import type { ResourceState } from '../resources/resource-type.ts';

/** How far the last run came. IN_PROGRESS without a run: it was interrupted, and applying again continues it. */
export type StackStatus = `${'CREATE' | 'UPDATE' | 'DELETE'}_${'IN_PROGRESS' | 'COMPLETE' | 'FAILED'}`;

/** One resource of a stack as it was last applied. */
export interface ResourceRecord extends ResourceState {
  type: string;
  /** In progress: it may or may not exist; the next apply finds out and takes it over. */
  status: 'CREATE_IN_PROGRESS' | 'COMPLETE';
  /** The physical name. */
  name: string;
  /** Counts replacements; part of the generated name. */
  generation: number;
  /** SHA-256 of each property as applied, code and definition files by content. */
  propertyHashes: Record<string, string>;
  dependsOn: string[];
  retainOnDelete: boolean;
  retainOnReplace: boolean;
}

/** A resource that was replaced and is to be deleted once nothing uses it. */
interface ObsoleteResource extends ResourceState {
  logicalId: string;
  type: string;
}

/** An output of a stack, as the template gives it. */
export interface StackOutput {
  value: string;
  description?: string;
  exportName?: string;
}

/**
 * What is known of a stack: plain JSON, written after each step, so that a run that was interrupted is continued by
 * applying again.
 */
export interface StackRecord {
  name: string;
  templateFile?: string;
  account: string;
  region: string;
  partition: string;
  /** As used; those with NoEcho are not kept and must be given again. */
  parameters: Record<string, string>;
  resources: Record<string, ResourceRecord>;
  obsolete: ObsoleteResource[];
  outputs: Record<string, StackOutput>;
  /** The template's `Metadata.Riposte` as written: the guard's settings. */
  guard?: ValueMap;
  status: StackStatus;
  /** Why the last run failed. */
  reason?: string;
  /** ISO 8601. */
  updatedAt: string;
}
