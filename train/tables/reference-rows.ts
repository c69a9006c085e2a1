/** Which earlier row each row is compared with when numbers are packed: most of a row is like another one. */
export const REFERENCES = ['none', 'row', 'alike', 'twin'] as const;
export type ReferenceKind = (typeof REFERENCES)[number];

/** For each way of comparing, the earlier row's index, or -1; null: nothing is compared. */
export type ReferenceRows = Readonly<Record<ReferenceKind, Int32Array | null>>;

/** What the references are found by; all columns have one value a row. */
export interface RowKeys {
  readonly client: Float64Array;
  readonly server: Float64Array;
  readonly clientPort: Float64Array;
  readonly serverPort: Float64Array;
  readonly protocol: Float64Array;
  readonly report: Float64Array;
}

/** The row before. */
export function previousRows(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => row - 1);
}

/**
 * `twin`: the same report of the same flow (a crop repeats the whole capture's flows), else the row before. `alike`: the
 * twin, else the flow's own last report, else the last flow of the same service, of the same client, the row before.
 */
export function referenceRows(keys: RowKeys): ReferenceRows {
  const count = keys.client.length;
  const row = previousRows(count);
  const alike = new Int32Array(count);
  const twin = new Int32Array(count);
  const reports = new Map<string, number>();
  const flows = new Map<string, number>();
  const services = new Map<string, number>();
  const clients = new Map<number, number>();

  for (let i = 0; i < count; i++) {
    const service = `${keys.server[i]} ${keys.serverPort[i]} ${keys.protocol[i]}`;
    const flow = `${keys.client[i]} ${keys.clientPort[i]} ${service}`;
    const report = `${keys.report[i]} ${flow}`;
    twin[i] = reports.get(report) ?? i - 1;
    alike[i] = reports.get(report) ?? flows.get(flow) ?? services.get(service) ?? clients.get(keys.client[i]) ?? i - 1;
    reports.set(report, i);
    flows.set(flow, i);
    services.set(service, i);
    clients.set(keys.client[i], i);
  }
  return { none: null, row, alike, twin };
}
