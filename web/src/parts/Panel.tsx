import type { ReactNode } from 'react';
import classes from './Panel.module.css';

interface Props {
  title?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  flush?: boolean;
}

/** A titled box. `flush`: the content touches its edges. */
export function Panel({ title, aside, children, flush = false }: Props) {
  return (
    <section className={classes.panel}>
      {(title || aside) && (
        <header className={classes.header}>
          {title && <h2 className={classes.title}>{title}</h2>}
          {aside && <div className={classes.aside}>{aside}</div>}
        </header>
      )}
      <div className={flush ? classes.flush : classes.content}>{children}</div>
    </section>
  );
}
