// Around every page: navigation, live state, colours, who is signed in, keyboard.
import { ActionIcon, Burger, Drawer, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Suspense, useEffect, useRef } from 'react';
import { Link, NavLink, Outlet, useLocation, useNavigationType } from 'react-router';
import { useOngoing } from '../api/anomalies';
import { useAuthState, useSignOut } from '../api/auth';
import { ErrorBoundary } from '../parts/ErrorBoundary';
import { AnomaliesIcon, HelpIcon, KeyIcon, OverviewIcon, SeriesIcon, ServicesIcon, SignOutIcon, UploadIcon } from '../parts/icons';
import { Logo } from '../parts/Logo';
import { ConnectionBadge } from './ConnectionBadge';
import { SchemeToggle } from './SchemeToggle';
import classes from './Shell.module.css';
import { ShortcutHelp } from './ShortcutHelp';
import { useShortcuts } from './useShortcuts';

export function Shell() {
  const [menu, { open, close }] = useDisclosure(false);
  const [help, { open: openHelp, close: closeHelp }] = useDisclosure(false);
  const { pathname } = useLocation();
  const oddNow = useOngoing().data?.filter((anomaly) => anomaly.status === 'open' || anomaly.status === 'acknowledged').length ?? 0;
  useShortcuts(openHelp);
  useEffect(close, [pathname, close]);
  useArrival(pathname);
  useEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon) icon.href = oddNow > 0 ? '/favicon.svg' : '/favicon-quiet.svg';
  }, [oddNow]);

  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        Skip to content
      </a>
      <header className={classes.top}>
        <Burger opened={menu} onClick={open} size="sm" aria-label="Open the menu" aria-expanded={menu} />
        <Link to="/" className={classes.home} aria-label="Oddity, overview">
          <Logo />
        </Link>
        <ConnectionBadge />
      </header>
      <aside className={classes.side}>
        <Link to="/" className={classes.home} aria-label="Oddity, overview">
          <Logo />
        </Link>
        <Navigation oddNow={oddNow} />
        <Foot />
      </aside>
      <Drawer opened={menu} onClose={close} size={270} title={<Logo />} closeButtonProps={{ 'aria-label': 'Close the menu' }}>
        <Navigation oddNow={oddNow} />
        <Foot />
      </Drawer>
      <p className={classes.unseen} role="status">
        {oddNow > 0 ? `${oddNow} odd now` : ''}
      </p>
      <main id="content" className={classes.main} tabIndex={-1}>
        <ErrorBoundary resetKey={pathname}>
          <Suspense fallback={<div className={classes.loading} role="status" aria-label="Loading" />}>
            <Outlet />
          </Suspense>
        </ErrorBoundary>
      </main>
      <ShortcutHelp opened={help} onClose={closeHelp} />
    </div>
  );
}

/** A page that was gone to begins at its top, and the keyboard begins there too; going back keeps the place. */
function useArrival(pathname: string) {
  const way = useNavigationType();
  const first = useRef(true);
  useEffect(() => {
    if (!first.current && way !== 'POP') {
      window.scrollTo(0, 0);
      document.getElementById('content')?.focus({ preventScroll: true });
    }
    first.current = false;
  }, [pathname, way]);
}

function Navigation({ oddNow }: { oddNow: number }) {
  const { data: auth } = useAuthState();
  const links = [
    { to: '/', name: 'Overview', Icon: OverviewIcon, end: true },
    { to: '/anomalies', name: 'Anomalies', Icon: AnomaliesIcon, count: oddNow },
    { to: '/series', name: 'Series', Icon: SeriesIcon },
    { to: '/services', name: 'Services', Icon: ServicesIcon },
    { to: '/upload', name: 'Upload', Icon: UploadIcon },
    ...(auth?.auth === 'required' ? [{ to: '/tokens', name: 'Tokens', Icon: KeyIcon }] : []),
    { to: '/help', name: 'Help', Icon: HelpIcon },
  ];
  return (
    <nav className={classes.nav} aria-label="Main">
      {links.map(({ to, name, Icon, end = false, count = 0 }) => (
        <NavLink key={to} to={to} end={end} className={({ isActive }) => `${classes.link} ${isActive ? classes.active : ''}`}>
          <Icon />
          {name}
          {count > 0 && (
            <span className={classes.count}>
              {count}
              <span className={classes.unseen}> odd now</span>
            </span>
          )}
        </NavLink>
      ))}
    </nav>
  );
}

function Foot() {
  const { data: auth } = useAuthState();
  const signOut = useSignOut();
  return (
    <div className={classes.foot}>
      <ConnectionBadge />
      <div className={classes.user}>
        <span className={classes.userName}>{auth?.user ? auth.user.name : auth?.auth === 'none' ? 'No sign-in' : ''}</span>
        <SchemeToggle />
        {auth?.user && (
          <Tooltip label="Sign out">
            <ActionIcon size="lg" onClick={() => signOut.mutate()} loading={signOut.isPending} aria-label="Sign out">
              <SignOutIcon />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
    </div>
  );
}
