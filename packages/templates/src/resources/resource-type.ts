import type { Integrations } from '@riposte/asl';
import type { AwsClient } from '../ports/aws-client.ts';
import type { ValueMap } from '../read/value.ts';
import type { MembersShape } from '../resolve/shape.ts';
import type { Place } from '../template-error.ts';

/** Where a stack lives. */
export interface Pseudo {
  /** Twelve digits. */
  account: string;
  region: string;
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  partition: string;
}

/** The outside of a plan: the only I/O that planning does. */
export interface PlanFiles {
  /** @param path  relative to the template's folder when the template names it so */
  readFile(path: string): string;
  packageCode(folderPath: string): Promise<{ zip: Uint8Array; sha256: string }>;
}

/** What the server at hand can do of what AWS has. What is not said here is left to it. */
export interface Supported {
  /** E.g. `nodejs24.x`. */
  runtimes?: readonly string[];
  integrations?: Integrations;
}

/** A resource that is about to be written, as far as its values are known by then. */
export interface PlannedContent {
  /** Checked against the shape; a value that a resource will give is a stand-in (`resolve/stand-in.ts`). */
  properties: ValueMap;
  /** Properties that are missing there: a function makes something of a value that is not known. */
  unknown: ReadonlySet<string>;
  /** Properties that differ from what stands; `undefined` when nothing stands. */
  changed: readonly string[] | undefined;
  source: ResourceSource | undefined;
  supported: Supported;
  place: Place;
}

/** What a property points to outside of the template, fetched while planning. */
export interface ResourceSource {
  /** Changes when the content does. */
  sha256: string;
  /** Name of the property that it belongs to. */
  property: string;
  zip?: Uint8Array;
  text?: string;
}

/** Everything that a resource type knows when it acts. */
export interface ResourceRequest {
  logicalId: string;
  stackName: string;
  /** The physical name. */
  name: string;
  /** Resolved, checked against the shape. */
  properties: ValueMap;
  pseudo: Pseudo;
  source?: ResourceSource;
  /** A resource of this name may be taken over: it is from an earlier run of ours. */
  adopt: boolean;
}

/** A resource that exists, or is about to: what Ref and GetAtt yield, and what changing or deleting it takes. */
export interface ResourceState {
  /** What Ref yields. */
  physicalId: string;
  attributes: Record<string, string>;
  /** JSON that only the resource type reads. Holds no secrets. */
  details: ValueMap;
}

/**
 * One CloudFormation resource type.
 * @see aws-surfaces §9.1: Ref, GetAtt and the properties whose change means replacement
 */
export interface ResourceType {
  type: string;
  shape: MembersShape;
  /** The property that gives the physical name; without one, names are generated and the user cannot choose. */
  nameProperty?: string;
  nameLengthMax: number;
  /** Names that are generated have no capital letters. */
  nameIsLowerCase?: true;
  /** A change of one of these makes a new resource. `nameProperty` always does. */
  replacedBy: readonly string[];
  /** What GetAtt knows. */
  attributes: readonly string[];
  /** Rules beyond the shape. @throws TemplateError */
  check?(properties: ValueMap, place: Place): void;
  /**
   * What the service would refuse, told before anything is changed. Only of what will be written, and only what no
   * value that is still to come could mend.
   * @throws TemplateError
   */
  checkContent?(content: PlannedContent): void;
  /** What the person should know before applying. */
  notes?(properties: ValueMap): string[];
  /** Fetches code or definitions. @throws TemplateError when they cannot be read */
  load?(properties: ValueMap, files: PlanFiles, place: Place): Promise<ResourceSource | undefined>;
  /** What the resource will be, before it is made: enough to delete it after a crash in the middle. */
  identify(request: ResourceRequest): ResourceState;
  create(request: ResourceRequest, client: AwsClient): Promise<ResourceState>;
  /** @param changed  names of the properties that differ from what was applied before */
  update(
    request: ResourceRequest,
    client: AwsClient,
    previous: ResourceState,
    changed: readonly string[],
  ): Promise<ResourceState>;
  /** A resource that is gone already is no error. */
  delete(state: ResourceState, client: AwsClient): Promise<void>;
}
