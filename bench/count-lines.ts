import { closeSync, openSync, readSync } from 'node:fs';

const LINE_FEED = 10;

/** Line feeds in a file. */
export function countLines(path: string): number {
  const descriptor = openSync(path, 'r');
  const bytes = Buffer.alloc(1024 * 1024);
  let lines = 0;
  for (let read = readSync(descriptor, bytes); read > 0; read = readSync(descriptor, bytes)) {
    const part = bytes.subarray(0, read);
    for (let at = part.indexOf(LINE_FEED); at >= 0; at = part.indexOf(LINE_FEED, at + 1)) lines++;
  }
  closeSync(descriptor);
  return lines;
}
