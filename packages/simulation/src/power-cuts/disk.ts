import { spawnSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const IMAGE_BYTES = 512 * 1024 * 1024;
/** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: whatever is not on the disk by now never gets there. */
const SHUT_DOWN = `
import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', 2))`;

/** A disk of its own: an ext4 image that is mounted, and whose power can be cut. It takes root, mount and python3. */
export class Disk {
  readonly #image: string;
  readonly folder: string;

  constructor(place: string) {
    this.#image = join(place, 'image');
    this.folder = join(place, 'disk');
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(this.#image, '');
    truncateSync(this.#image, IMAGE_BYTES);
    run('mkfs.ext4', '-q', '-F', this.#image);
    this.mount();
  }

  mount(): void {
    run('mount', '-o', 'loop', this.#image, this.folder);
  }

  /** What a power cut leaves: the file system takes nothing any more, and its journal ends where it is. */
  cutPower(): void {
    run('python3', '-c', SHUT_DOWN, this.folder);
  }

  unmount(): void {
    run('umount', this.folder);
  }
}

function run(command: string, ...parameters: string[]): void {
  const { status, stderr, error } = spawnSync(command, parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} did not work here: ${stderr?.trim() || String(error)}`);
}
