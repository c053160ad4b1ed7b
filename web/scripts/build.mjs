// Builds the dashboard for the server's build: node scripts/build.mjs STAMPS OUTPUT
// Installs packages only when package-lock.json differs from what was installed, and lets one build run at a time, whoever starts it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [stamps, output] = process.argv.slice(2);
const lock = join(stamps, 'lock');
const patienceMs = 10 * 60_000;

const run = (command, args) => execFileSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
const hash = (...files) => {
  const sum = createHash('sha256');
  for (const file of files) sum.update(file).update('\0').update(readFileSync(file)).update('\0');
  return sum.digest('hex');
};
const stamp = (name) => (existsSync(join(stamps, name)) ? readFileSync(join(stamps, name), 'utf8') : '');
const filesUnder = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true })
        .map((name) => join(folder, name))
        .filter((name) => statSync(name).isFile())
        .sort()
    : [];

/** Takes the lock, which is a folder because making one is atomic. A lock whose owner is gone is broken. */
async function takeLock() {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, 'owner'), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (ownerIsGone()) rmSync(lock, { recursive: true, force: true });
    else if (Date.now() > until) throw new Error(`another build of the dashboard holds ${lock}`);
    else await new Promise((done) => setTimeout(done, 200));
  }
}

function ownerIsGone() {
  try {
    const owner = Number(readFileSync(join(lock, 'owner'), 'utf8'));
    if (!owner) return false; // Just taken: the owner has not written its number yet.
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function install() {
  const wanted = hash('package-lock.json', 'package.json');
  if (stamp('installed') === wanted && existsSync('node_modules/vite')) return;
  run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(join(stamps, 'installed'), wanted);
}

function build() {
  const own = ['index.html', 'package-lock.json', 'package.json', 'vite.config.ts', 'tsconfig.json', 'scripts/build.mjs', 'scripts/licenses.ts'];
  const wanted = hash(...own, ...filesUnder('src'), ...filesUnder('public'));
  const index = join(output, 'index.html');
  if (stamp('built') !== wanted || !existsSync(index)) {
    run('npx', ['--no-install', 'vite', 'build', '--outDir', output, '--emptyOutDir', '--logLevel', 'warn']);
    writeFileSync(join(stamps, 'built'), wanted);
  }
  // What MSBuild compares is times.
  const now = new Date();
  for (const file of [join(stamps, 'built'), index]) utimesSync(file, now, now);
}

mkdirSync(stamps, { recursive: true });
await takeLock();
try {
  install();
  build();
} catch (error) {
  // The commands have already said on the console what went wrong.
  console.error(`error DASHBOARD: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(lock, { recursive: true, force: true });
}
