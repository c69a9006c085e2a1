import { readFileSync, readSync } from 'node:fs';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { KubeSecureError, reasonOf, systemCodeOf } from '#core/error.ts';

/** A compressed capture is unpacked into memory; larger ones are to be unpacked into a pipe. */
const MOST_UNPACKED_BYTES = 1024 * 1024 * 1024;

const GZIP = 0x1f8b;
const ZSTD = 0x28b52ffd;

/** How a capture is packed. */
export type Packing = 'gzip' | 'zstd';

/** What the first bytes say, at least four; null: not packed. */
export function packingOf(magic: DataView): Packing | null {
  if (magic.getUint16(0) === GZIP) return 'gzip';
  return magic.getUint32(0) === ZSTD || isSkippable(magic) ? 'zstd' : null;
}

/** How the regular file behind a descriptor is packed; what will be read from it stays the same. */
export function packingOfFile(descriptor: number): Packing | null {
  const magic = new DataView(new ArrayBuffer(4));
  readSync(descriptor, magic, 0, 4, 0);
  return packingOf(magic);
}

/** The unpacked bytes of a file: all members of a gzip file, all frames of a zstd file. Throws `bad-input`. */
export function unpackFile(path: string, packing: Packing): Uint8Array {
  try {
    const packed = readFileSync(path);
    return packing === 'zstd' ? unpackFrames(packed) : gunzipSync(packed, { maxOutputLength: MOST_UNPACKED_BYTES });
  } catch (cause) {
    const problem =
      systemCodeOf(cause) === 'ERR_BUFFER_TOO_LARGE'
        ? 'it is too large to be unpacked in memory; unpack it into a pipe and read `-`'
        : reasonOf(cause);
    throw new KubeSecureError('bad-input', `while unpacking ${path}: ${problem}`, { cause });
  }
}

/** Frames that carry nothing of the content, such as pzstd puts before each (RFC 8878, 3.1.2). */
function isSkippable(magic: DataView): boolean {
  return (magic.getUint32(0, true) & 0xfffffff0) >>> 0 === 0x184d2a50;
}

/** One call unpacks one frame, and passes over what follows without a word. */
function unpackFrames(packed: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let room = MOST_UNPACKED_BYTES;
  for (let at = 0; at < packed.length;) {
    const { buffer, engine } = unpackFrame(packed.subarray(at), room);
    parts.push(buffer);
    room -= buffer.length;
    at += engine.bytesWritten;
  }
  return parts.length === 1 ? parts[0] : Buffer.concat(parts);
}

/** With `info` the result says how many bytes it was made of, which the types do not know. */
function unpackFrame(packed: Uint8Array, room: number): { buffer: Uint8Array; engine: { bytesWritten: number } } {
  const result: unknown = zstdDecompressSync(packed, { info: true, maxOutputLength: Math.max(room, 1) });
  return result as { buffer: Uint8Array; engine: { bytesWritten: number } };
}
