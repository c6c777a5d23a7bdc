import { crc32 } from 'node:zlib';

/**
 * A ZIP archive with one stored file, for inline function code. Deterministic: the date is the format's first day.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16
 */
export function zipOneFile(name: string, content: string): Uint8Array {
  const fileName = Buffer.from(name);
  const data = Buffer.from(content);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0); // version needed
  common.writeUInt16LE(0x0800, 2); // names are UTF-8
  common.writeUInt16LE(0, 4); // stored
  common.writeUInt16LE(0, 6); // time
  common.writeUInt16LE(0x21, 8); // 1980-01-01
  common.writeUInt32LE(crc32(data), 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(data.length, 18);
  common.writeUInt16LE(fileName.length, 22);
  const localHeader = Buffer.concat([Buffer.from('PK\x03\x04'), common, fileName]);
  const attributes = Buffer.alloc(14);
  attributes.writeUInt32LE((0o100644 << 16) >>> 0, 6); // a regular file that everybody may read
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), common, attributes, fileName]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(localHeader.length + data.length, 16);
  return Buffer.concat([localHeader, data, entry, end]);
}
