// A series as people read it: the metric, then its labels, less loud.
import classes from './SeriesName.module.css';

interface Props {
  metric: string;
  labels: Record<string, string>;
  /** Both on one line, cut at the end. */
  oneLine?: boolean;
}

export function SeriesName({ metric, labels, oneLine = false }: Props) {
  return (
    <span className={oneLine ? classes.oneLine : classes.name}>
      <span className={classes.metric}>{metric}</span>
      {Object.entries(labels).map(([name, value]) => (
        <span key={name} className={classes.label}>
          <span className={classes.labelName}>{name}=</span>
          {value}
        </span>
      ))}
    </span>
  );
}
