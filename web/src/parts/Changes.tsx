// A list of changes as people read it: when, what kind, what, where to read on.
import type { Change } from '../api/changes';
import classes from './Changes.module.css';
import { When } from './When';

const kinds: Record<Change['kind'], string> = { deployment: 'deployment', configuration: 'configuration', feature_flag: 'feature flag', other: 'change' };

export function Changes({ changes, relative = false }: { changes: Change[]; relative?: boolean }) {
  return (
    <ul className={classes.list}>
      {changes.map((change) => (
        <li key={change.id}>
          <span className={classes.time}>
            <When time={change.time} relative={relative} />
          </span>
          <span className={classes.kind}>{kinds[change.kind]}</span>
          <span className={classes.what}>
            {change.link ? (
              <a href={change.link} rel="noreferrer noopener" target="_blank">
                {change.title}
              </a>
            ) : (
              change.title
            )}
            {change.text && change.text !== change.title && <span className={classes.text}>{change.text}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
