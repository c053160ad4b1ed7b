// Keyboard shortcuts as data, so that the help shows exactly what works.

export const places = [
  { key: 'o', path: '/', name: 'Overview' },
  { key: 'a', path: '/anomalies', name: 'Anomalies' },
  { key: 's', path: '/series', name: 'Series' },
  { key: 'v', path: '/services', name: 'Services' },
  { key: 'u', path: '/upload', name: 'Upload' },
  { key: 't', path: '/tokens', name: 'Tokens' },
  { key: 'h', path: '/help', name: 'Help' },
] as const;

export type Action = { kind: 'go'; path: string } | { kind: 'search' } | { kind: 'help' };

export interface Step {
  /** True while a `g` waits for its second key. */
  waiting: boolean;
  action: Action | null;
}

/** What a key does, given whether a `g` came before it. */
export function stepOf(waiting: boolean, key: string): Step {
  if (waiting) {
    const place = places.find((each) => each.key === key.toLowerCase());
    return { waiting: false, action: place ? { kind: 'go', path: place.path } : null };
  }
  if (key === 'g') return { waiting: true, action: null };
  if (key === '/') return { waiting: false, action: { kind: 'search' } };
  return { waiting: false, action: key === '?' ? { kind: 'help' } : null };
}

/** True where keys are text: the shortcuts keep out of it. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
}

export const keyHelp: [keys: string, what: string][] = [
  ['/', 'Search on this page'],
  ['g then o, a, s, v, u, t, h', 'Go to overview, anomalies, series, services, upload, tokens, help'],
  ['j / k', 'Next / previous anomaly in the list, Enter opens it'],
  ['a, r, f', 'Acknowledge, resolve, false positive: on the page of an anomaly'],
  ['← / →', 'Read the samples of a chart one by one (Shift: ten)'],
  ['+ / − / 0', 'Zoom a chart in, out, back'],
  ['?', 'This list'],
];
