import { reasonOf } from '#core/error.ts';

/** Null when it is well, else what is wrong. */
export type Condition = string | null;

export interface Readiness {
  /** Adds a part that must be well; a rejection counts as not well. */
  add(name: string, ask: () => Condition | Promise<Condition>): void;
  check(): Promise<{ name: string; ok: boolean; detail: string }[]>;
}

export function createReadiness(): Readiness {
  const parts: { name: string; ask: () => Condition | Promise<Condition> }[] = [];
  return {
    add: (name, ask) => void parts.push({ name, ask }),
    check: () =>
      Promise.all(
        parts.map(async ({ name, ask }) => {
          const problem = await Promise.resolve().then(ask).catch(reasonOf);
          return { name, ok: problem === null, detail: problem ?? '' };
        }),
      ),
  };
}
