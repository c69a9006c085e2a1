/** Where a line about what is being done goes; the command line writes it to stderr. */
export type Progress = (line: string) => void;

/** One program the tests run for real: how it is looked for, and how it is had. */
export type Part = {
  /** The program's own name, which is also what its file is called. */
  name: string;
  /** The path of the program if it is at hand, or null. Never fetches anything. */
  find: () => string | null;
  /** Fetches or builds the program into the cache. Throws KubeSecureError with the remedy. */
  get: (progress: Progress) => Promise<void>;
  /** Arguments that make the program print its version, by which a fresh one is tried. */
  versionArguments: string[];
};
