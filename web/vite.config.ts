import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { licenses } from './scripts/licenses.ts';

// Where `npm run dev` sends API calls: the mock (npm run mock) unless ODDITY_URL names a real server.
const server = process.env.ODDITY_URL ?? 'http://127.0.0.1:8099';
const apiPaths = ['/api', '/anomalies', '/upload', '/events', '/ingest', '/auth', '/docs', '/openapi.json', '/metrics', '/health'];

// Times in tests are written as one zone shows them.
if (process.env.VITEST) process.env.TZ = 'UTC';

export default defineConfig({
  plugins: [react(), licenses()],
  build: {
    outDir: '../src/Oddity.Server/wwwroot',
    emptyOutDir: true,
    // Nothing inline: the page is served with script-src 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/ws': { target: server, ws: true }, ...Object.fromEntries(apiPaths.map((path) => [path, { target: server, bypass: onlyDocuments }])) },
  },
  test: {
    restoreMocks: true,
    css: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Logic is tested without a browser's document, components with one: making it costs a second a file.
    projects: [
      { extends: true, test: { name: 'logic', include: ['src/**/*.test.ts'], environment: 'node' } },
      { extends: true, test: { name: 'pages', include: ['src/**/*.test.tsx'], environment: 'jsdom', setupFiles: ['src/test/setup.ts'] } },
    ],
  },
});

/** The browser's own navigation to /anomalies is a page; fetch of the same path is the API. */
function onlyDocuments(request: { headers: { accept?: string }; url?: string }): string | undefined {
  return request.headers.accept?.includes('text/html') && !request.url?.startsWith('/docs') ? '/index.html' : undefined;
}
