import '@fontsource-variable/geist/wght.css';
import '@fontsource-variable/geist-mono/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './theme/tokens.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';

// After an upgrade of the server the parts of the page that were not loaded yet have new names: one reload finds them.
window.addEventListener('vite:preloadError', () => {
  if (sessionStorage.getItem('reloaded-for') === location.href) return;
  sessionStorage.setItem('reloaded-for', location.href);
  location.reload();
});

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
