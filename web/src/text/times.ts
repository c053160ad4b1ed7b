// Times and durations as people read them. Local zone, 24 hours; the exact UTC time goes into a title.

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365.25 * day;

/** "42 s", "3 min", "2 h 5 min", "3 d 4 h", "17 y". Negative counts as nothing. */
export function duration(ms: number): string {
  if (!(ms > 0)) return '0 s';
  if (ms < minute) return `${Math.max(Math.round(ms / second), 1)} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} min`;
  if (ms < day) return two(ms, hour, 'h', minute, 'min');
  if (ms < year) return two(ms, day, 'd', hour, 'h', 14 * day);
  return `${Math.floor(ms / year)} y`;
}

function two(ms: number, large: number, largeName: string, small: number, smallName: string, roundAfter = Infinity): string {
  const first = Math.floor(ms / large);
  const rest = Math.floor((ms - first * large) / small);
  return rest === 0 || ms >= roundAfter ? `${first} ${largeName}` : `${first} ${largeName} ${rest} ${smallName}`;
}

/** "just now", "3 min ago"; for the future "in 3 min". */
export function ago(time: number, now: number): string {
  const past = now - time;
  if (Math.abs(past) < 5 * second) return 'just now';
  return past > 0 ? `${duration(past)} ago` : `in ${duration(-past)}`;
}

const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const shortClockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const yearFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

export const clock = (time: number) => clockFormat.format(time);
export const shortClock = (time: number) => shortClockFormat.format(time);
export const dayOf = (time: number) => dayFormat.format(time);

/** "14:03:12" of the same day, "20 Nov 14:03" of the same year, else with the year. */
export function moment(time: number, now: number): string {
  if (dayFormat.format(time) === dayFormat.format(now) && Math.abs(now - time) < day) return clock(time);
  return new Date(time).getFullYear() === new Date(now).getFullYear() ? `${dayOf(time)} ${shortClock(time)}` : `${yearFormat.format(time)} ${shortClock(time)}`;
}

/** The exact time for a title: local and UTC. */
export function exact(time: number): string {
  return Number.isFinite(time) ? `${yearFormat.format(time)} ${clock(time)} here · ${new Date(time).toISOString()}` : '';
}
