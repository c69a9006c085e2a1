import { CIC_WIDTH } from '#core/feature-batch.ts';

/** Columns that name the flow; they come before the CIC vector. */
export const CIC_NAME_COLUMNS = [
  'Flow ID',
  'Src IP',
  'Src Port',
  'Dst IP',
  'Dst Port',
  'Protocol',
  'Timestamp',
] as const;

export type CicNameColumn = (typeof CIC_NAME_COLUMNS)[number];

/**
 * The columns of the corrected CICFlowMeter (Engelen et al. 2021, Liu et al. 2022), names and order as its CSV files
 * have them. Times are microseconds, lengths are bytes of transport payload, rates are per second.
 */
export const CIC_COLUMNS = [
  ...CIC_NAME_COLUMNS,
  'Flow Duration',
  'Total Fwd Packet',
  'Total Bwd packets',
  'Total Length of Fwd Packet',
  'Total Length of Bwd Packet',
  'Fwd Packet Length Max',
  'Fwd Packet Length Min',
  'Fwd Packet Length Mean',
  'Fwd Packet Length Std',
  'Bwd Packet Length Max',
  'Bwd Packet Length Min',
  'Bwd Packet Length Mean',
  'Bwd Packet Length Std',
  'Flow Bytes/s',
  'Flow Packets/s',
  'Flow IAT Mean',
  'Flow IAT Std',
  'Flow IAT Max',
  'Flow IAT Min',
  'Fwd IAT Total',
  'Fwd IAT Mean',
  'Fwd IAT Std',
  'Fwd IAT Max',
  'Fwd IAT Min',
  'Bwd IAT Total',
  'Bwd IAT Mean',
  'Bwd IAT Std',
  'Bwd IAT Max',
  'Bwd IAT Min',
  'Fwd PSH Flags',
  'Bwd PSH Flags',
  'Fwd URG Flags',
  'Bwd URG Flags',
  'Fwd RST Flags',
  'Bwd RST Flags',
  'Fwd Header Length',
  'Bwd Header Length',
  'Fwd Packets/s',
  'Bwd Packets/s',
  'Packet Length Min',
  'Packet Length Max',
  'Packet Length Mean',
  'Packet Length Std',
  'Packet Length Variance',
  'FIN Flag Count',
  'SYN Flag Count',
  'RST Flag Count',
  'PSH Flag Count',
  'ACK Flag Count',
  'URG Flag Count',
  'CWR Flag Count',
  'ECE Flag Count',
  'Down/Up Ratio',
  'Average Packet Size',
  'Fwd Segment Size Avg',
  'Bwd Segment Size Avg',
  'Fwd Bytes/Bulk Avg',
  'Fwd Packet/Bulk Avg',
  'Fwd Bulk Rate Avg',
  'Bwd Bytes/Bulk Avg',
  'Bwd Packet/Bulk Avg',
  'Bwd Bulk Rate Avg',
  'Subflow Fwd Packets',
  'Subflow Fwd Bytes',
  'Subflow Bwd Packets',
  'Subflow Bwd Bytes',
  'FWD Init Win Bytes',
  'Bwd Init Win Bytes',
  'Fwd Act Data Pkts',
  'Bwd Act Data Pkts',
  'Fwd Seg Size Min',
  'Bwd Seg Size Min',
  'Active Mean',
  'Active Std',
  'Active Max',
  'Active Min',
  'Idle Mean',
  'Idle Std',
  'Idle Max',
  'Idle Min',
  'ICMP Code',
  'ICMP Type',
  'Fwd TCP Retrans. Count',
  'Bwd TCP Retrans. Count',
  'Total TCP Retrans. Count',
  'Total Connection Flow Time',
  'Label',
] as const;

export type CicColumn = (typeof CIC_COLUMNS)[number];

/** The columns of the CIC vector in its order; only the label comes after them. */
export const CIC_VALUE_COLUMNS: readonly CicColumn[] = CIC_COLUMNS.slice(
  CIC_NAME_COLUMNS.length,
  CIC_NAME_COLUMNS.length + CIC_WIDTH,
);

/** Place of a column in the CIC vector. Throws RangeError for one that is not in it. */
export function cicIndexOf(name: CicColumn): number {
  const index = CIC_VALUE_COLUMNS.indexOf(name);
  if (index < 0) throw new RangeError(`while looking up a CIC column: ${name} is not in the vector`);
  return index;
}
