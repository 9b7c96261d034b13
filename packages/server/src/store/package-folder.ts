import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER_DEPTH_MAX = 8;

/** This package's folder, found the same way from sources, from what is compiled and from the bundle (`scripts/bundle.mjs`). */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let depth = 0; depth < FOLDER_DEPTH_MAX && !existsSync(join(folder, 'package.json')); depth++)
    folder = dirname(folder);
  return folder;
}
