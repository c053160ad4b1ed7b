import { useEffect, useRef } from 'react';
import { useNavigate } from 'react-router';
import { isTyping, stepOf } from './shortcuts';

/** How long a `g` waits for its second key, milliseconds. */
const patienceMs = 1_500;

export function useShortcuts(onHelp: () => void): void {
  const navigate = useNavigate();
  const waitingSince = useRef(-Infinity);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
      const { waiting, action } = stepOf(event.timeStamp - waitingSince.current < patienceMs, event.key);
      waitingSince.current = waiting ? event.timeStamp : -Infinity;
      if (!action) return;
      event.preventDefault();
      if (action.kind === 'go') void navigate(action.path);
      else if (action.kind === 'help') onHelp();
      else document.querySelector<HTMLInputElement>('[data-search]')?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [navigate, onHelp]);
}
