/** Gives what `read` reads; arguments that it refuses end the program with exit code 2 and one line. */
export function orUsage<T>(program: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    // parseArgs throws a TypeError for what the caller wrote.
    if (error instanceof TypeError) {
      process.stderr.write(`${program}: ${error.message}\n`);
      process.exit(2);
    }
    throw error;
  }
}
