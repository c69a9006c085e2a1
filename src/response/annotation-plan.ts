import type { PreviousValue } from '#core/decision.ts';
import { FIELD_MANAGER } from '#core/field-manager.ts';
import type { FieldOwner, IngressSnapshot } from '#core/ingress-api.ts';

/*
 * Ownership, as the API server keeps it, tells what is ours: whoever changes a value takes it over, so a key that is
 * owned by us alone holds what we wrote (or half put back), and any other key holds somebody else's word.
 */

export interface WritePlan {
  /** Everything of ours that shall be on the Ingress. */
  readonly written: Record<string, string>;
  /** What to put back later, one entry for each of them. */
  readonly previous: PreviousValue[];
}

/**
 * What to write, and what stood there before us. `recorded` is what was stored for keys that are ours already; a key of
 * ours that is not wanted any more gets its former value at once, and stays ours until the undo.
 */
export function planWrite(
  snapshot: IngressSnapshot,
  wanted: Readonly<Record<string, string>>,
  recorded: readonly PreviousValue[],
): WritePlan {
  const written: Record<string, string> = { ...wanted };
  const previous = Object.keys(wanted).map((key) => {
    const stored = isOurs(snapshot, key) ? recorded.find((entry) => entry.key === key) : undefined;
    return stored ?? standing(snapshot, key);
  });
  for (const entry of recorded) {
    if (entry.key in wanted || entry.value === null || !isOurs(snapshot, entry.key)) continue;
    written[entry.key] = entry.value;
    previous.push(entry);
  }
  return { written, previous };
}

export interface UndoPlan {
  /** Whether any of it is still there. */
  readonly isOwed: boolean;
  /** What to put back; a key of ours that is not among them had no value before, and goes. */
  readonly restore: (PreviousValue & { value: string })[];
  /** What somebody else did in between, one clause each: their word stays. */
  readonly left: string[];
}

/** What to put back, and what to leave because somebody changed it in the meantime. */
export function planUndo(
  snapshot: IngressSnapshot,
  written: Readonly<Record<string, string>>,
  previous: readonly PreviousValue[],
): UndoPlan {
  const restore: UndoPlan['restore'] = [];
  const left: string[] = [];
  let isOwed = false;
  for (const key of Object.keys(written)) {
    const owners = snapshot.owners[key] ?? [];
    isOwed ||= owners.some(({ manager }) => manager === FIELD_MANAGER);
    const before = previous.find((entry) => entry.key === key);
    const value = before?.value ?? null;
    if (!isOurs(snapshot, key)) {
      if ((snapshot.annotations[key] ?? null) !== value) left.push(describeEdit(snapshot, key));
    } else if (value !== null) {
      restore.push({ key, value, owner: before?.owner ?? null });
    }
  }
  return { isOwed, restore, left };
}

/** The annotations as they would be without us. */
export function annotationsWithoutUs(
  snapshot: IngressSnapshot,
  recorded: readonly PreviousValue[],
): Record<string, string> {
  const annotations: Record<string, string> = {};
  for (const [key, value] of Object.entries(snapshot.annotations)) {
    const before = isOurs(snapshot, key) ? (recorded.find((entry) => entry.key === key)?.value ?? null) : value;
    if (before !== null) annotations[key] = before;
  }
  return annotations;
}

/** Owned by us and by nobody else. */
function isOurs(snapshot: IngressSnapshot, key: string): boolean {
  const owners = snapshot.owners[key] ?? [];
  return owners.length > 0 && owners.every(({ manager }) => manager === FIELD_MANAGER);
}

/** The value now, and its owner beside us. A value of ours whose past nobody recorded counts as ours to remove. */
function standing(snapshot: IngressSnapshot, key: string): PreviousValue {
  if (isOurs(snapshot, key)) return { key, value: null, owner: null };
  return { key, value: snapshot.annotations[key] ?? null, owner: otherOwner(snapshot, key) };
}

function otherOwner(snapshot: IngressSnapshot, key: string): FieldOwner | null {
  const others = (snapshot.owners[key] ?? []).filter(({ manager }) => manager !== FIELD_MANAGER);
  return others.find(({ operation }) => operation === 'Apply') ?? others[0] ?? null;
}

function describeEdit(snapshot: IngressSnapshot, key: string): string {
  const short = key.slice(key.indexOf('/') + 1);
  const value = snapshot.annotations[key];
  if (value === undefined) return `${short} was removed`;
  return `${short} was set to "${value}" by ${otherOwner(snapshot, key)?.manager ?? 'somebody'}`;
}
