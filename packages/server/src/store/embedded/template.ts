import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A fresh cluster, made by the build in the package's `build/` folder, which is found the same way from sources and from
 * the build: as a folder to copy for a first start (0.7 s where creating one takes 2.5 s and leaves 840 MB in memory),
 * and as an archive for databases in memory.
 */
export const templateFolder = (): string => join(buildFolder(), 'cluster');
export const templateArchive = (): string => join(buildFolder(), 'cluster.tar');

function buildFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let depth = 0; depth < FOLDER_DEPTH_MAX && !existsSync(join(folder, 'package.json')); depth++)
    folder = dirname(folder);
  return join(folder, 'build');
}

const FOLDER_DEPTH_MAX = 8;
