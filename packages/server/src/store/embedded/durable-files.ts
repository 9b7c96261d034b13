import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** How often the database asked the disk to make its writes last. A test counts one for each commit. */
export const diskSyncs = { count: 0 };

interface FileStream {
  readonly nfd?: number | null;
  readonly node: unknown;
}

interface NodeFileSystem {
  readonly stream_ops: { fsync?: (stream: FileStream) => number };
  realPath(node: unknown): string;
}

/**
 * The embedded database's files, made durable. As it comes it never asks the disk to write, and after a power cut it did
 * not open again; here every fsync of PostgreSQL's reaches the disk (docs/decisions/0005).
 */
export class DurableFiles extends NodeFS {
  override async init(...parameters: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const result = await super.init(...parameters);
    const { emscriptenOpts } = result;
    emscriptenOpts.preRun = [
      ...(emscriptenOpts.preRun ?? []),
      (module: unknown) => {
        const files = (module as { NODEFS: NodeFileSystem }).NODEFS;
        files.stream_ops.fsync = (stream) => {
          diskSyncs.count += 1;
          if (typeof stream.nfd === 'number') fsyncSync(stream.nfd);
          else syncPath(files.realPath(stream.node));
          return 0;
        };
      },
    ];
    return result;
  }
}

const SYNCS_AT_ONCE = 32;

/**
 * Makes a whole folder last, its names included: once, after it was made. Many at a time, because the file system then
 * writes its journal once for many of them: 0.15 s for a cluster's 1,000 files, against 3.3 s one by one.
 */
export async function syncFolder(folder: string): Promise<void> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = [
    folder,
    ...names.filter((name) => name.isFile() || name.isDirectory()).map((name) => join(name.parentPath, name.name)),
  ];
  let next = 0;
  const syncSome = async () => {
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) {
      const file = await open(path, 'r');
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    }
  };
  await Promise.all(Array.from({ length: SYNCS_AT_ONCE }, syncSome));
}

export function syncPath(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
