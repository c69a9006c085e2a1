/** What the kernel tells of running processes (proc(5)). Whatever has ended meanwhile is left out. */
import { readdirSync, readFileSync } from 'node:fs';

/** What Linux reports to programs, on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/** A process of a tree. */
export interface TreeProcess {
  readonly pid: number;
  /** The program's name, at most 15 characters. */
  readonly name: string;
}

/** The processes that `root` has started, and those that they have, and so on; without `root`. */
export function descendantsOf(root: number): TreeProcess[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => parentOf(Number(name)) ?? []);
  const found: TreeProcess[] = [];
  const wanted = [root];
  for (let parent = wanted.pop(); parent !== undefined; parent = wanted.pop()) {
    for (const child of all.filter((process) => process.parent === parent)) {
      found.push(child);
      wanted.push(child.pid);
    }
  }
  return found;
}

/** Memory of a process in MiB, now and at most so far; null if it is gone. */
export function memoryOf(pid: number): { readonly nowMib: number; readonly mostMib: number } | null {
  const status = read(`/proc/${pid}/status`);
  const now = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  const most = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return now === undefined || most === undefined ? null : { nowMib: Number(now) / 1024, mostMib: Number(most) / 1024 };
}

/** User and system time of a process so far, all its threads, without its children; null if it is gone. */
export function cpuSecondsOf(pid: number): number | null {
  // The name, which may hold anything, ends at the last bracket; the first field behind it is the third of all.
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  return fields.length < 13 ? null : (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The words of a process's command line; none if it is gone. */
export function commandLineOf(pid: number): string[] {
  return read(`/proc/${pid}/cmdline`).split('\0').slice(0, -1);
}

/** Bytes that a process has read so far, from files and pipes; null if it is gone. */
export function bytesReadBy(pid: number): number | null {
  const bytes = /^rchar: (\d+)$/m.exec(read(`/proc/${pid}/io`))?.[1];
  return bytes === undefined ? null : Number(bytes);
}

function parentOf(pid: number): (TreeProcess & { readonly parent: number }) | null {
  // The name stands in brackets and may hold anything, brackets too.
  const match = /^\d+ \((.*)\) \S (\d+) /s.exec(read(`/proc/${pid}/stat`));
  return match === null ? null : { pid, name: match[1], parent: Number(match[2]) };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has ended
  }
}
