import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { onEnd } from './support.ts';

/** One datagram a line, its own lines with spaces between: what systemd reads, read by perl. */
const RECEIVER = `
use strict; use Socket;
socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die $!;
bind($socket, pack_sockaddr_un($ARGV[0])) or die $!;
$| = 1;
print "listening\\n";
while (defined recv($socket, my $message, 65536, 0)) { $message =~ s/\\n/ /g; print "$message\\n"; }
`;

/** Why there can be no real notify socket here, or false. */
export function noNotifySocket(): string | false {
  for (const program of ['perl', 'systemd-notify']) {
    if (spawnSync(program, ['--version'], { stdio: 'ignore' }).error) return `${program} is not installed`;
  }
  return false;
}

/** A real NOTIFY_SOCKET, and what came over it. */
export class NotifySocket {
  readonly path: string;
  readonly messages: string[] = [];
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Set<() => void>();

  private constructor(path: string) {
    this.path = path;
    this.#child = spawn('perl', ['-e', RECEIVER, path]);
    this.#child.stdin.end();
    createInterface(this.#child.stdout).on('line', (line) => {
      // systemd-notify's own way of waiting until it has been heard.
      if (line !== 'BARRIER=1') this.messages.push(line);
      for (const look of this.#waiting) look();
    });
  }

  static async open(t: TestContext, folder: string): Promise<NotifySocket> {
    const socket = new NotifySocket(join(folder, 'notify.sock'));
    onEnd(t, () => socket.#child.kill());
    await socket.heard(/^listening$/);
    socket.messages.length = 0;
    return socket;
  }

  /** Resolves with the first message from number `from` on that matches, and its number. */
  heard(pattern: RegExp, from = 0): Promise<{ readonly message: string; readonly index: number }> {
    return new Promise((resolve) => {
      const look = (): void => {
        const index = this.messages.findIndex((message, i) => i >= from && pattern.test(message));
        if (index < 0) return;
        this.#waiting.delete(look);
        resolve({ message: this.messages[index] ?? '', index });
      };
      this.#waiting.add(look);
      look();
    });
  }

  count(pattern: RegExp): number {
    return this.messages.filter((message) => pattern.test(message)).length;
  }
}
