// A time: relative or of the clock, the exact one as title.
import { ago, exact, moment } from '../text/times';
import { useNow } from '../text/useNow';

interface Props {
  /** ISO 8601. */
  time: string;
  relative?: boolean;
}

export function When({ time, relative = false }: Props) {
  const now = useNow();
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) return <span>–</span>;
  return (
    <time dateTime={time} title={exact(ms)}>
      {relative ? ago(ms, now) : moment(ms, now)}
    </time>
  );
}
