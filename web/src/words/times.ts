/** `12:04:31` today, `3 Mar 12:04` on other days, in the reader's zone. */
export function clockTime(iso: string, nowMs: number): string {
  const moment = new Date(iso);
  const isToday = moment.toDateString() === new Date(nowMs).toDateString();
  if (isToday)
    return moment.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
  const day = moment.toLocaleDateString([], { day: 'numeric', month: 'short', year: yearIfNotThis(moment, nowMs) });
  return `${day} ${moment.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false })}`;
}

/** What is left until a moment: `4:32`, `1:04:32`; `0:00` once it has passed. */
export function countdown(untilIso: string, nowMs: number): string {
  const seconds = Math.max(0, Math.ceil((Date.parse(untilIso) - nowMs) / 1000));
  const pad = (part: number) => String(part).padStart(2, '0');
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`;
}

/** A rounded length of time: `45 s`, `12 min`, `3 h`, `2 d`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  if (seconds < 100 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

function yearIfNotThis(moment: Date, nowMs: number): 'numeric' | undefined {
  return moment.getFullYear() === new Date(nowMs).getFullYear() ? undefined : 'numeric';
}
