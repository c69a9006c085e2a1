/** A Markdown table that is printed line by line, as its rows become known. */
export interface Table {
  row(cells: readonly string[]): void;
}

export interface Column {
  readonly title: string;
  /** Characters; a longer cell is not cut. */
  readonly width: number;
  readonly isNumber: boolean;
}

/** Prints the head at once. */
export function startTable(columns: readonly Column[]): Table {
  const row = (cells: readonly string[]): void => {
    const padded = columns.map(({ width, isNumber }, i) => {
      const cell = cells[i] ?? '';
      return isNumber ? cell.padStart(width) : cell.padEnd(width);
    });
    process.stdout.write(`| ${padded.join(' | ')} |\n`);
  };
  row(columns.map(({ title }) => title));
  row(columns.map(({ width, isNumber }) => (isNumber ? '-:'.padStart(width, '-') : '-'.padEnd(width, '-'))));
  return { row };
}
