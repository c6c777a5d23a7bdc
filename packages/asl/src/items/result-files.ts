import type { Json } from '@riposte/json';
import { stringifyJson, utf8Length } from '@riposte/json';
import type { ChildRecord, ResultTransformation } from './child-record.ts';
import { resultsOf } from './child-record.ts';

/** Where and how a ResultWriter writes. */
export interface ResultTarget {
  bucket: string;
  /** Without a slash at its end; absent or empty: keys begin with the Map Run's id. */
  prefix?: string;
  mapRunArn: string;
  transformation: ResultTransformation;
  outputType: 'JSON' | 'JSONL';
  /** Of one file; a larger result has a file of its own. The service's is 5 GB; here a file is built in memory. */
  fileBytesMax: number;
}

/** A file to be written. */
export interface ResultFile {
  key: string;
  text: string;
  sizeBytes: number;
  /** MIME type. Which one AWS writes for lines is not documented; the key ends with `.json` there too. */
  contentType: 'application/json' | 'application/jsonl';
}

type Group = 'FAILED' | 'PENDING' | 'SUCCEEDED';

/**
 * The files of a ResultWriter, from children in the order in which they are added. At most one unfinished file of each
 * group is held.
 */
export class ResultFiles {
  readonly #target: ResultTarget;
  readonly #groups: Record<Group, OpenFile>;
  readonly #written: Record<Group, { Key: string; Size: number }[]> = {
    FAILED: [],
    PENDING: [],
    SUCCEEDED: [],
  };

  constructor(target: ResultTarget) {
    this.#target = target;
    const open = (): OpenFile => new OpenFile(target.outputType);
    this.#groups = { FAILED: open(), PENDING: open(), SUCCEEDED: open() };
  }

  /** @returns the files that this child filled, to be written now */
  add(child: ChildRecord): ResultFile[] {
    const group = groupOf(child);
    const file = this.#groups[group];
    const full: ResultFile[] = [];
    for (const result of resultsOf(child, this.#target.transformation)) {
      const text = stringifyJson(result);
      if (!file.isEmpty && file.bytesWith(text) > this.#target.fileBytesMax) full.push(this.#close(group));
      file.append(text);
    }
    return full;
  }

  /** @returns the last files, the manifest at the end: once that stands, all stands */
  end(): ResultFile[] {
    const groups: Group[] = ['FAILED', 'PENDING', 'SUCCEEDED'];
    const files = groups.filter((group) => !this.#groups[group].isEmpty).map((group) => this.#close(group));
    const { bucket, mapRunArn } = this.#target;
    const manifest = stringifyJson({
      DestinationBucket: bucket,
      MapRunArn: mapRunArn,
      ResultFiles: { ...this.#written },
    });
    return [...files, fileOf(manifestKey(this.#target), manifest, 'JSON')];
  }

  #close(group: Group): ResultFile {
    const number = this.#written[group].length;
    const { outputType } = this.#target;
    const key = `${folderOf(this.#target)}/${group}_${number}.json`;
    const file = fileOf(key, this.#groups[group].take(), outputType);
    this.#written[group].push({ Key: file.key, Size: file.sizeBytes });
    return file;
  }
}

/** `ResultWriterDetails.Key` of the state's result. */
export function manifestKey(target: Pick<ResultTarget, 'prefix' | 'mapRunArn'>): string {
  return `${folderOf(target)}/manifest.json`;
}

/** The result of a Map state whose results were written. */
export function writtenResult(target: Pick<ResultTarget, 'bucket' | 'prefix' | 'mapRunArn'>): Json {
  return {
    MapRunArn: target.mapRunArn,
    ResultWriterDetails: { Bucket: target.bucket, Key: manifestKey(target) },
  };
}

/** Below the prefix, a folder with the id at the end of the Map Run's ARN. */
function folderOf({ prefix, mapRunArn }: Pick<ResultTarget, 'prefix' | 'mapRunArn'>): string {
  const id = mapRunArn.slice(mapRunArn.lastIndexOf(':') + 1);
  return prefix === undefined || prefix === '' ? id : `${prefix}/${id}`;
}

function groupOf({ status }: ChildRecord): Group {
  return status === 'SUCCEEDED' || status === 'PENDING' ? status : 'FAILED';
}

function fileOf(key: string, text: string, type: ResultTarget['outputType']): ResultFile {
  const contentType = type === 'JSONL' ? 'application/jsonl' : 'application/json';
  return { key, text, sizeBytes: utf8Length(text), contentType };
}

/** The texts of a file that is not full: an array, or a line each. */
class OpenFile {
  readonly #isArray: boolean;
  #texts: string[] = [];
  #bytes = 0;

  constructor(outputType: 'JSON' | 'JSONL') {
    this.#isArray = outputType === 'JSON';
  }

  get isEmpty(): boolean {
    return this.#texts.length === 0;
  }

  /** Size of the file with one more text: each brings a comma or the end of its line. */
  bytesWith(text: string): number {
    return this.#bytes + utf8Length(text) + 1 + (this.#isArray ? 1 : 0);
  }

  append(text: string): void {
    this.#texts.push(text);
    this.#bytes += utf8Length(text) + 1;
  }

  /** @returns what the file holds; after that it is empty */
  take(): string {
    const texts = this.#texts;
    this.#texts = [];
    this.#bytes = 0;
    return this.#isArray ? `[${texts.join(',')}]` : `${texts.join('\n')}\n`;
  }
}
