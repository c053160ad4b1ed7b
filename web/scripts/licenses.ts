// Writes licenses.txt beside the page: the names and licence texts of everything that is bundled into it, as those licences ask.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

export function licenses(): Plugin {
  return {
    name: 'licenses',
    apply: 'build',
    generateBundle() {
      const folders = new Set<string>();
      for (const id of this.getModuleIds()) {
        const folder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replaceAll('\\', '/').replace(/^\0/, ''))?.[0];
        if (folder && existsSync(join(folder, 'package.json'))) folders.add(folder);
      }
      const texts = [...folders].map(textOf).sort();
      this.emitFile({ type: 'asset', fileName: 'licenses.txt', source: `The Oddity dashboard contains:\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}` });
    },
  };
}

function textOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), 'utf8').trim() : ''}\n`;
}
