import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';

/** Thrown for bytes that are no zip archive, or one with features that Lambda packages do not need. */
export class MalformedZip extends Error {
  override readonly name = 'MalformedZip';
}

// APPNOTE.TXT, the zip file format specification, sections 4.3.7, 4.3.12 and 4.3.16
const localHeader = { signature: 0x04034b50, length: 30 };
const centralHeader = { signature: 0x02014b50, length: 46 };
const endRecord = { signature: 0x06054b50, length: 22, commentLengthMax: 65_535 };
const method = { stored: 0, deflated: 8 };
/** 1 January 1980, the first date of the format: archives of equal files are equal. */
const firstDate = 0x21;

/**
 * Reads the files of an archive.
 *
 * @throws MalformedZip
 */
export function readZip(archive: Uint8Array): ReadonlyMap<string, Buffer> {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = findEnd(bytes);
  const files = new Map<string, Buffer>();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (
      at + centralHeader.length > bytes.length ||
      bytes.readUInt32LE(at) !== centralHeader.signature
    )
      throw new MalformedZip('the directory of the archive is damaged');
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString(
      'utf8',
      at + centralHeader.length,
      at + centralHeader.length + nameLength,
    );
    if (!name.endsWith('/')) files.set(name, readFile(bytes, at, name));
    at +=
      centralHeader.length + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return files;
}

function findEnd(bytes: Buffer): number {
  const first = Math.max(0, bytes.length - endRecord.length - endRecord.commentLengthMax);
  for (let at = bytes.length - endRecord.length; at >= first; at -= 1)
    if (bytes.readUInt32LE(at) === endRecord.signature) return at;
  throw new MalformedZip('not a zip archive');
}

function readFile(bytes: Buffer, central: number, name: string): Buffer {
  const compression = bytes.readUInt16LE(central + 10);
  const size = bytes.readUInt32LE(central + 20);
  const local = bytes.readUInt32LE(central + 42);
  if (
    local + localHeader.length > bytes.length ||
    bytes.readUInt32LE(local) !== localHeader.signature
  )
    throw new MalformedZip(`the entry ${name} of the archive is damaged`);
  const start =
    local + localHeader.length + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const content = decompress(bytes.subarray(start, start + size), compression, name);
  if (crc32(content) !== bytes.readUInt32LE(central + 16))
    throw new MalformedZip(`the entry ${name} of the archive has a wrong checksum`);
  return content;
}

function decompress(content: Buffer, compression: number, name: string): Buffer {
  if (compression === method.stored) return content;
  if (compression !== method.deflated)
    throw new MalformedZip(`the entry ${name} uses the unknown compression ${compression}`);
  try {
    return inflateRawSync(content);
  } catch (cause) {
    throw new MalformedZip(`the entry ${name} of the archive is damaged`, { cause });
  }
}

/** Makes an archive; equal files give equal bytes. */
export function makeZip(files: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const content = Buffer.from(text);
    const packed = deflateRawSync(content);
    const nameBytes = Buffer.from(name);
    const common = commonFields(content, packed, nameBytes);
    const local = Buffer.alloc(localHeader.length);
    local.writeUInt32LE(localHeader.signature, 0);
    common.copy(local, 4);
    locals.push(local, nameBytes, packed);
    const central = Buffer.alloc(centralHeader.length);
    central.writeUInt32LE(centralHeader.signature, 0);
    central.writeUInt16LE(20, 4);
    common.copy(central, 6);
    central.writeUInt32LE(offset, 42);
    centrals.push(central, nameBytes);
    offset += local.length + nameBytes.length + packed.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(endRecord.length);
  end.writeUInt32LE(endRecord.signature, 0);
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** The fields that both headers have, from the needed version to the length of the extra field. */
function commonFields(content: Buffer, packed: Buffer, name: Buffer): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(method.deflated, 4);
  fields.writeUInt16LE(firstDate, 8);
  fields.writeUInt32LE(crc32(content), 10);
  fields.writeUInt32LE(packed.length, 14);
  fields.writeUInt32LE(content.length, 18);
  fields.writeUInt16LE(name.length, 22);
  return fields;
}
