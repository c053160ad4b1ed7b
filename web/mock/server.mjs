// The public API with a made-up world behind it: npm run mock -- [--port 8099] [--quiet] [--empty] [--young] [--auth] [--live] [--root DIR]
// --auth asks for a user (any name, password "correct horse"); --live lets something go odd every half minute; --root also serves a built dashboard.
import { createServer } from 'node:http';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { changesOf, servicesOf, summaryOf, topologyOf, traceOf } from './services.mjs';
import { World, shown } from './world.mjs';
import { accept } from './websocket.mjs';

const csp =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

export function startMock({ port = 0, root = null, auth = false, live = false, ...kind } = {}) {
  const world = new World(kind);
  const session = { user: null, setupNeeded: auth === 'setup' };
  const tokens = [
    {
      id: 't1',
      name: 'prometheus-agent',
      scope: 'ingest',
      created_by: 'mira',
      created_at: new Date(Date.now() - 9e8).toISOString(),
    },
    { id: 't2', name: 'grafana', scope: 'read', created_by: 'jo', created_at: new Date(Date.now() - 4e9).toISOString() },
  ];
  const context = { world, session, tokens, auth };

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://mock');
    const wantsPage = request.headers.accept?.includes('text/html');
    if (root && request.method === 'GET' && (wantsPage || isFile(root, url.pathname))) return serveFile(response, root, url.pathname);
    const body = await read(request);
    const [status, answer] = answerTo(context, request, url, body);
    const problem = status >= 400;
    response.writeHead(status, { 'Content-Type': problem ? 'application/problem+json' : 'application/json' });
    response.end(answer === undefined ? '' : JSON.stringify(answer));
  });

  const sockets = new Set();
  server.on('upgrade', (request, socket) => {
    if (!request.url.startsWith('/ws/anomalies') || (auth && !session.user)) return socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
    sockets.add(socket);
    const send = accept(request, socket, () => {
      sockets.delete(socket);
      world.listeners.delete(send);
    });
    world.listeners.add(send);
    send({ type: 'hello', version: '0.1.0-mock' });
  });

  const timer = live && setInterval(() => somethingHappens(world), 30_000);
  return new Promise((done) =>
    server.listen(port, '127.0.0.1', () =>
      done({
        url: `http://127.0.0.1:${server.address().port}`,
        world,
        session,
        dropSockets: () => sockets.forEach((socket) => socket.destroy()),
        stop: () => {
          clearInterval(timer);
          sockets.forEach((socket) => socket.destroy());
          server.closeAllConnections();
          return new Promise((closed) => server.close(closed));
        },
      }),
    ),
  );
}

function somethingHappens(world) {
  const going = world.anomalies.filter((anomaly) => anomaly.ongoing);
  if (going.length > 3) return world.close(going[going.length - 1]);
  const severity = ['low', 'medium', 'high', 'critical'][Math.floor(Math.random() * 4)];
  world.tell('opened', world.begin(Math.floor(Math.random() * world.series.length), 0, null, 2 + 5 * Math.random(), severity));
}

const problem = (status, code, detail, more = {}) => [status, { type: 'about:blank', title: code, status, code, detail, ...more }];

function answerTo(context, request, url, body) {
  const { world, session, tokens, auth } = context;
  const { method } = request;
  const path = url.pathname;
  const json = () => {
    try {
      return JSON.parse(body.toString() || '{}');
    } catch {
      return {};
    }
  };
  if (method !== 'GET' && request.headers['x-requested-with'] !== 'oddity')
    return problem(403, 'csrf', 'A change by cookie needs the header X-Requested-With: oddity.');
  if (path === '/api/v1/auth/state')
    return [200, { auth: auth ? 'required' : 'none', setup_needed: session.setupNeeded, user: session.user && { name: session.user } }];
  if (path === '/api/v1/auth/login' || path === '/api/v1/auth/setup') {
    const { name, password, token } = json();
    if (path.endsWith('setup') && token !== 'opensesame') return problem(403, 'bad_setup_token', 'The set-up link is not valid or was used before.');
    if (path.endsWith('login') && password !== 'correct horse') return problem(401, 'bad_credentials', 'Name or password is wrong.');
    Object.assign(session, { user: name, setupNeeded: false });
    return [200, { user: { name } }];
  }
  if (path === '/api/v1/auth/logout') return ((session.user = null), [204]);
  if (auth && !session.user) return problem(401, 'unauthenticated', 'Sign in to go on.');

  if (path === '/api/v1/status') return [200, statusOf(world)];
  if (path === '/api/v1/anomalies' && method === 'GET') return [200, listAnomalies(world, url.searchParams)];
  const one = path.match(/^\/api\/v1\/anomalies\/([0-9a-f]{32})(?:\/(resolve|acknowledge|false-positive|reopen))?$/);
  if (one) {
    const status = { resolve: 'resolved', acknowledge: 'acknowledged', 'false-positive': 'false_positive', reopen: 'open' }[one[2]];
    const found = status ? world.set(one[1], status, session.user ?? 'anonymous', json().note) : world.anomalies.find((anomaly) => anomaly.id === one[1]);
    return found ? [200, shown(found)] : problem(404, 'not_found', 'There is no anomaly with that id.');
  }
  if (path === '/api/v1/changes') return [200, { data: world.series.length ? changesOf() : [], next_cursor: null }];
  if (/^\/api\/v1\/anomalies\/[0-9a-f]{32}\/context$/.test(path)) return [200, { changes: changesOf(), traces: [traceOf().trace_id] }];
  if (path === '/api/v1/services') return [200, { data: world.series.length ? servicesOf() : [], next_cursor: null }];
  if (path === '/api/v1/topology') return [200, topologyOf()];
  if (path === '/api/v1/traces')
    return [200, { data: [summaryOf(traceOf())].filter((trace) => (url.searchParams.get('service') ?? 'web') !== 'mail'), next_cursor: null }];
  if (path.startsWith('/api/v1/traces/'))
    return path.endsWith(traceOf().trace_id) ? [200, traceOf()] : problem(404, 'not_found', 'There is no such trace, or no more.');
  if (path === '/api/v1/series') return [200, listSeries(world, url.searchParams)];
  if (path === '/api/v1/samples') {
    const [from, to] = [
      Number(url.searchParams.get('start') ?? Date.now() / 1000 - 3600) * 1000,
      Number(url.searchParams.get('end') ?? Date.now() / 1000) * 1000,
    ];
    const found = world.samples(url.searchParams.get('series'), from, to, Number(url.searchParams.get('max_points') ?? 2000));
    return found ? [200, found] : problem(404, 'not_found', 'There is no series by that name.');
  }
  if (path === '/upload') return receiveFile(body);
  if (path === '/api/v1/tokens') {
    if (method === 'GET') return [200, { data: tokens }];
    const made = { id: `t${tokens.length + 1}`, ...json(), created_by: session.user ?? 'anonymous', created_at: new Date().toISOString() };
    tokens.push(made);
    return [201, { ...made, token: 'odd_7h3qkz9vXwP2mJcR8tYb4nLs6dGf1aKe' }];
  }
  const token = path.match(/^\/api\/v1\/tokens\/(\w+)$/);
  if (token && method === 'DELETE') {
    tokens.splice(
      tokens.findIndex((each) => each.id === token[1]),
      1,
    );
    return [204];
  }
  return problem(404, 'not_found', `There is nothing at ${path}.`);
}

function statusOf(world) {
  const uptime = (Date.now() - world.startedAt) / 1000;
  const sources = [
    { id: 'host', state: 'ok', detail: '11 metrics of this machine', last_success: new Date(Date.now() - 1200).toISOString() },
    {
      id: 'prometheus',
      state: world.series.length ? 'failing' : 'off',
      detail: 'connection refused: 127.0.0.1:9090',
      last_success: new Date(Date.now() - 4e5).toISOString(),
    },
    { id: 'http', state: 'ok', detail: null, last_success: new Date(Date.now() - 42e3).toISOString() },
  ];
  return {
    version: '0.1.0',
    uptime_seconds: uptime,
    series: world.series.length,
    samples_total: Math.round(uptime * world.series.length * 0.33),
    samples_per_second: world.series.length * 0.33 + Math.sin(Date.now() / 9000),
    queue_depth: 0,
    anomalies_total: world.anomalies.length,
    ongoing: world.anomalies.filter((anomaly) => anomaly.ongoing).length,
    watchers: world.listeners.size,
    recovery_progress: 1,
    sources,
  };
}

function listAnomalies(world, query) {
  const among = (name, value) => !query.get(name) || query.get(name).split(',').includes(value);
  const found = world.anomalies.filter(
    (anomaly) =>
      among('severity', anomaly.severity) &&
      among('status', anomaly.status) &&
      (!query.get('method') || anomaly.methods.includes(query.get('method'))) &&
      anomaly.series.toLowerCase().includes((query.get('series') ?? '').toLowerCase()) &&
      anomaly.start >= (query.get('start_time') ?? '') &&
      (!query.get('end_time') || anomaly.start < query.get('end_time')) &&
      (!query.get('ongoing') || String(anomaly.ongoing) === query.get('ongoing')),
  );
  const from = Number(query.get('cursor') ?? 0);
  const limit = Number(query.get('limit') ?? 100);
  return { data: found.slice(from, from + limit).map(shown), next_cursor: from + limit < found.length ? String(from + limit) : null };
}

function listSeries(world, query) {
  const found = world.series
    .filter((each) => each.key.toLowerCase().includes((query.get('search') ?? '').toLowerCase()))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const rest = found.filter((each) => each.key > (query.get('after') ?? ''));
  const limit = Number(query.get('limit') ?? 100);
  return {
    data: rest.slice(0, limit).map((each) => world.info(each)),
    next_cursor: rest.length > limit ? rest[limit - 1].key : null,
    total: world.series.length,
  };
}

/** Rows with a number in them are taken, others are refused: enough to show every answer an upload can get. */
function receiveFile(body) {
  const text = body.toString('utf8');
  const content = text.slice(text.indexOf('\r\n\r\n') + 4, text.lastIndexOf('\r\n--'));
  const rows = content
    .trim()
    .split(/\r?\n/)
    .filter((row, index) => !(index === 0 && /metric|value/.test(row)));
  const errors = rows.flatMap((row, index) =>
    /\d/.test(row) && !/nan|abc/i.test(row) ? [] : [{ index, code: 'bad_value', detail: `«${row.slice(0, 64)}» has no finite number for a value.` }],
  );
  const accepted = rows.length - errors.length;
  const counts = { accepted, rejected: errors.length, errors: errors.slice(0, 10) };
  return accepted === 0 ? problem(400, 'bad_value', 'No record in it could be read.', counts) : [200, { ...counts, files: [{ name: 'file', ...counts }] }];
}

const isFile = (root, path) => path !== '/' && existsSync(join(root, normalize(path))) && statSync(join(root, normalize(path))).isFile();

function serveFile(response, root, path) {
  const file = isFile(root, path) ? join(root, normalize(path)) : join(root, 'index.html');
  response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream', 'Content-Security-Policy': csp });
  createReadStream(file).pipe(response);
}

async function read(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const has = (name) => process.argv.includes(`--${name}`);
  const option = (name, otherwise) => (has(name) ? process.argv[process.argv.indexOf(`--${name}`) + 1] : otherwise);
  const mock = await startMock({
    port: Number(option('port', 8099)),
    root: option('root', null),
    auth: has('setup') ? 'setup' : has('auth'),
    live: has('live'),
    quiet: has('quiet'),
    empty: has('empty'),
    ...(has('young') && { startedAgo: 40_000 }),
  });
  console.log(mock.url);
}
