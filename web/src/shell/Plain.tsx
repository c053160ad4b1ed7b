// A page without navigation: set-up, sign-in, no server.
import type { ReactNode } from 'react';
import { Logo } from '../parts/Logo';
import classes from './Plain.module.css';
import { SchemeToggle } from './SchemeToggle';

export function Plain({ children }: { children: ReactNode }) {
  return (
    <div className={classes.plain}>
      <header className={classes.top}>
        <Logo />
        <SchemeToggle />
      </header>
      <main className={classes.card}>{children}</main>
    </div>
  );
}
