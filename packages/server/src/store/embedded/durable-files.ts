import { closeSync, existsSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** Makes a whole folder last, its names included: once, after it was made. */
export function syncFolder(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) syncFolder(path);
    else if (entry.isFile()) syncPath(path);
  }
  syncPath(folder);
  if (existsSync(dirname(folder))) syncPath(dirname(folder));
}

export function syncPath(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
