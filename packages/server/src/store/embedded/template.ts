import { join } from 'node:path';
import { packageFolder } from '../package-folder.js';

/**
 * A fresh cluster, made by the build in the package's `build/` folder: as a folder to copy for a first start (0.7 s where
 * creating one takes 2.5 s and leaves 840 MB in memory), and as an archive for databases in memory.
 */
export const templateFolder = (): string => join(packageFolder(), 'build', 'cluster');
export const templateArchive = (): string => join(packageFolder(), 'build', 'cluster.tar');
