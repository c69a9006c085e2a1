/** What the relay says once its devices are there and may be moved. */
export const READY_LINE = 'both devices are there';
