import type { Json, JsonObject } from '@riposte/json';
import { isJsonObject, memberOf, parseJson } from '@riposte/json';
import { CsvRows } from './csv-rows.ts';
import { ItemReaderFailure } from './failure.ts';

/** A file that a manifest names. */
export interface DataFile {
  bucket: string;
  key: string;
}

/** What a manifest says: where the items are, and how they are to be read. */
export interface Manifest {
  files: DataFile[];
  /** A `ReaderConfig` for each of the files. */
  config: JsonObject;
}

/**
 * Whose manifest an ItemReader reads.
 * @param config  `ReaderConfig`. `InputType: MANIFEST` alone is the older spelling of an inventory's.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
 */
export function manifestType(config: JsonObject): 'ATHENA_DATA' | 'S3_INVENTORY' | undefined {
  const { ManifestType: type, InputType: inputType } = config;
  if (type === 'ATHENA_DATA' || type === 'S3_INVENTORY') return type;
  return inputType === 'MANIFEST' ? 'S3_INVENTORY' : undefined;
}

/**
 * The manifest that Athena's UNLOAD leaves beside its data: a URI a line, of files in the InputType of the reader.
 * @throws ItemReaderFailure
 */
export function athenaManifest(text: string, config: JsonObject): Manifest {
  const rows = new CsvRows(',');
  const files = [...rows.push(text), ...rows.end()].map((row, index) => {
    const uri = /^s3:\/\/([^/]+)\/(.+)$/is.exec(row.length === 1 ? row[0]!.trim() : '');
    if (!uri)
      throw new ItemReaderFailure(
        `Row ${index + 1} of the manifest must be one URI such as s3://bucket/key: ${JSON.stringify(row.join(','))}.`,
      );
    return { bucket: uri[1]!, key: uri[2]! }; // both groups took part
  });
  return { files, config };
}

/**
 * `manifest.json` of an S3 inventory. Items are the rows of its CSV files: texts, under the names of its schema. Keys
 * stay URL-encoded, as the inventory writes them.
 * @throws ItemReaderFailure
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
 */
export function inventoryManifest(text: string): Manifest {
  const manifest = inventoryDocument(text);
  const fileFormat = memberOf(manifest, 'fileFormat');
  if (fileFormat !== 'CSV')
    throw new ItemReaderFailure(
      `The inventory's fileFormat is ${JSON.stringify(fileFormat ?? null)}; inventories in CSV are read.`,
    );
  const bucket = textMember(manifest, 'destinationBucket').replace(/^arn:[^:]*:s3:::/, '');
  const headers = textMember(manifest, 'fileSchema')
    .split(',')
    .map((column) => column.trim());
  const files = memberOf(manifest, 'files');
  if (!Array.isArray(files)) throw lacks('files');
  return {
    files: files.map((file) => ({ bucket, key: textMember(file, 'key') })),
    config: { InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: headers },
  };
}

function inventoryDocument(text: string): JsonObject {
  let document: Json;
  try {
    document = parseJson(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ItemReaderFailure(`The manifest of the inventory is not valid JSON: ${reason}`);
  }
  if (!isJsonObject(document))
    throw new ItemReaderFailure('The manifest of the inventory is no JSON object.');
  return document;
}

function textMember(holder: Json, name: string): string {
  const value = isJsonObject(holder) ? memberOf(holder, name) : undefined;
  if (typeof value !== 'string') throw lacks(name);
  return value;
}

function lacks(name: string): ItemReaderFailure {
  return new ItemReaderFailure(`The manifest of the inventory has no proper ${name}.`);
}
