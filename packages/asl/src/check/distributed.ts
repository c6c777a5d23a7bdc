import type { JsonObject } from '@riposte/json';
import { isJsonObject } from '@riposte/json';
import type { QueryLanguage } from '../machine.ts';
import type { Findings } from './diagnostic.ts';
import type { FieldTable } from './fields.ts';
import { checkAtMostOne, checkFields } from './fields.ts';
import { jsonata, jsonataOr } from './jsonata.ts';
import type { Kind } from './kinds.ts';
import { integer, oneOf, path, text } from './kinds.ts';
import { isDistributed } from './processors.ts';
import { objectTemplate } from './templates.ts';

const ITEMS_MAX = 100_000_000;
const BATCH_BYTES_MAX = 262_144;

/** Those of tolerated failures are taken on every Map, and mean nothing on an inline one. */
const DISTRIBUTED_FIELDS = ['Label', 'ItemReader', 'ItemBatcher', 'ResultWriter'];

/** Where a distributed Map finds its items: an object, or the listing of a bucket. */
export function itemReader(language: QueryLanguage): Kind {
  return (value, _, at, findings) => {
    if (!isJsonObject(value)) return findings.schema('Expected value of type Object', at);
    checkFields(
      value,
      {
        'Resource*': serviceAction('s3:getObject', 's3:listObjectsV2'),
        ...(language === 'JSONPath' ? { 'Parameters*': objectTemplate } : { 'Arguments*': jsonata }),
        ReaderConfig: readerConfig(language),
      },
      at,
      findings,
    );
    checkInputType(value, at, findings);
    checkVersion(value, at, findings);
  };
}

function readerConfig(language: QueryLanguage): Kind {
  const limit = integer(0, ITEMS_MAX);
  const table: FieldTable = {
    InputType: oneOf('CSV', 'JSON', 'JSONL', 'PARQUET', 'MANIFEST'),
    Transformation: oneOf('NONE', 'LOAD_AND_FLATTEN'),
    ManifestType: oneOf('ATHENA_DATA', 'S3_INVENTORY'),
    CSVDelimiter: oneOf('COMMA', 'PIPE', 'SEMICOLON', 'SPACE', 'TAB'),
    CSVHeaderLocation: oneOf('FIRST_ROW', 'GIVEN'),
    CSVHeaders: texts,
    ItemsPointer: text,
    ...(language === 'JSONPath' ? { MaxItems: limit, MaxItemsPath: path } : { MaxItems: jsonataOr(limit) }),
  };
  return (value, _, at, findings) => {
    if (!isJsonObject(value)) return findings.schema('Expected value of type Object', at);
    checkFields(value, table, at, findings);
    checkAtMostOne(value, ['MaxItems', 'MaxItemsPath'], at, findings);
    if (value['CSVHeaderLocation'] === 'GIVEN' && !Object.hasOwn(value, 'CSVHeaders'))
      findings.schema('These fields are required: [CSVHeaders]', at);
  };
}

/**
 * An object is of some type; a listing says by itself what it is, and so does an inventory. What Athena leaves is CSV,
 * JSONL or Parquet. (The service's words for what is refused of manifests are not known.)
 */
function checkInputType(reader: JsonObject, at: string, findings: Findings): void {
  const config = isJsonObject(reader['ReaderConfig']) ? reader['ReaderConfig'] : {};
  const isObject = typeof reader['Resource'] === 'string' && reader['Resource'].endsWith(':getObject');
  const { ManifestType: manifestType, InputType: inputType } = config;
  const hasType = Object.hasOwn(config, 'InputType');
  if (!isObject && Object.hasOwn(config, 'ManifestType'))
    findings.schema(
      "The field 'ManifestType' is only supported when the Resource is 's3:getObject'",
      `${at}/ReaderConfig/ManifestType`,
    );
  if (isObject && manifestType === 'S3_INVENTORY') {
    if (hasType)
      findings.schema(
        "The field 'InputType' is not supported when the ManifestType is 'S3_INVENTORY'",
        `${at}/ReaderConfig/InputType`,
      );
    return;
  }
  const needsType = isObject || config['Transformation'] === 'LOAD_AND_FLATTEN';
  if (needsType && !hasType) findings.schema('These fields are required: [InputType]', `${at}/ReaderConfig`);
  if (manifestType === 'ATHENA_DATA' && (inputType === 'JSON' || inputType === 'MANIFEST'))
    findings.schema(
      "The field 'InputType' should have one of these values: [CSV, JSONL, PARQUET]",
      `${at}/ReaderConfig/InputType`,
    );
}

/**
 * A Parquet file is read in its newest version only, as on AWS (whose words for it are not known). What a JSONata
 * expression makes of all arguments shows at run time.
 */
function checkVersion(reader: JsonObject, at: string, findings: Findings): void {
  const config = isJsonObject(reader['ReaderConfig']) ? reader['ReaderConfig'] : {};
  if (config['InputType'] !== 'PARQUET' || Object.hasOwn(config, 'ManifestType')) return;
  for (const target of ['Parameters', 'Arguments'])
    for (const field of ['VersionId', 'VersionId.$'])
      if (isJsonObject(reader[target]) && Object.hasOwn(reader[target], field))
        findings.schema(
          "The field 'VersionId' is not supported when the InputType is 'PARQUET'",
          `${at}/${target}/${field}`,
        );
}

/** How many items, or bytes of them, one child execution gets at most. */
export function itemBatcher(language: QueryLanguage): Kind {
  const items = integer(1, ITEMS_MAX);
  const bytes = integer(1, BATCH_BYTES_MAX);
  const table: FieldTable =
    language === 'JSONPath'
      ? {
          MaxItemsPerBatch: items,
          MaxItemsPerBatchPath: path,
          MaxInputBytesPerBatch: bytes,
          MaxInputBytesPerBatchPath: path,
          BatchInput: objectTemplate,
        }
      : {
          MaxItemsPerBatch: jsonataOr(items),
          MaxInputBytesPerBatch: jsonataOr(bytes),
          BatchInput: jsonata,
        };
  const limits = ['MaxItemsPerBatch', 'MaxInputBytesPerBatch'];
  return (value, _, at, findings) => {
    if (!isJsonObject(value)) return findings.schema('Expected value of type Object', at);
    checkFields(value, table, at, findings);
    for (const limit of limits) checkAtMostOne(value, [limit, `${limit}Path`], at, findings);
    if (!limits.some((limit) => Object.hasOwn(value, limit) || Object.hasOwn(value, `${limit}Path`)))
      findings.schema(`At least one of these fields is required: [${limits.join(', ')}]`, at);
  };
}

/** Where results go, how they are written, or both. */
export function resultWriter(language: QueryLanguage): Kind {
  const target = language === 'JSONPath' ? 'Parameters' : 'Arguments';
  const table: FieldTable = {
    Resource: serviceAction('s3:putObject'),
    [target]: language === 'JSONPath' ? objectTemplate : jsonata,
    WriterConfig: writerConfig,
  };
  return (value, _, at, findings) => {
    if (!isJsonObject(value)) return findings.schema('Expected value of type Object', at);
    checkFields(value, table, at, findings);
    const wanted = Object.hasOwn(value, 'WriterConfig') ? [] : ['Resource', target];
    const isWritten = ['Resource', target].some((field) => Object.hasOwn(value, field));
    const missing = (isWritten ? ['Resource', target] : wanted).filter((name) => !Object.hasOwn(value, name));
    if (missing.length > 0) findings.schema(`These fields are required: [${missing.join(', ')}]`, at);
  };
}

const writerConfig: Kind = (value, _, at, findings) => {
  if (!isJsonObject(value)) return findings.schema('Expected value of type Object', at);
  const table = {
    Transformation: oneOf('NONE', 'COMPACT', 'FLATTEN'),
    OutputType: oneOf('JSON', 'JSONL'),
  };
  checkFields(value, table, at, findings);
};

const texts: Kind = (value, field, at, findings) => {
  if (!Array.isArray(value)) return findings.schema('Expected value of type Array', at);
  value.forEach((each, index) => text(each, field, `${at}[${index}]`, findings));
};

/** The ARN of one of these actions, in any partition. */
function serviceAction(...actions: readonly string[]): Kind {
  return (value, _, at, findings) => {
    if (typeof value !== 'string') return findings.schema('Expected value of type String', at);
    if (!actions.some((action) => /^arn:[^:]+:states:::/.test(value) && value.endsWith(`:::${action}`)))
      findings.add(
        'INVALID_RESOURCE',
        'The resource provided ARN is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.',
        at,
      );
  };
}

/** What only a distributed Map has stands on one; and express executions start no Map Runs. */
export function checkDistributed(
  state: JsonObject,
  type: 'STANDARD' | 'EXPRESS',
  at: string,
  findings: Findings,
): void {
  if (state['Type'] !== 'Map') return;
  for (const field of isDistributed(state) ? [] : DISTRIBUTED_FIELDS)
    if (Object.hasOwn(state, field))
      findings.schema(
        `The field '${field}' is only supported when the Mode is 'DISTRIBUTED'`,
        `${at}/${field}`,
      );
  if (isDistributed(state) && type === 'EXPRESS') {
    const processor = Object.hasOwn(state, 'ItemProcessor') ? 'ItemProcessor' : 'Iterator';
    findings.schema(
      "Express state machine does not support the Mode 'DISTRIBUTED' of a Map",
      `${at}/${processor}/ProcessorConfig/Mode`,
    );
  }
}
