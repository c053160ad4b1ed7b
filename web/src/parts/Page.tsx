// The frame of a page: its title in the window and above the content, and what can be done with the whole of it.
import type { ReactNode } from 'react';
import classes from './Page.module.css';
import { usePageTitle } from './usePageTitle';

interface Props {
  title: string;
  /** Above the title: the way back. */
  above?: ReactNode;
  /** Instead of the plain title. */
  heading?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

export function Page({ title, above, heading, actions, children }: Props) {
  usePageTitle(title);
  return (
    <div className={classes.page}>
      {above}
      <header className={classes.header}>
        <h1 className={classes.title}>{heading ?? title}</h1>
        {actions && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}
