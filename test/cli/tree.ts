/** The commands as commander holds them, so that a test misses none. */
import type { Command } from 'commander';
import { program } from '../../src/cli/program.ts';

export interface TreeEntry {
  /** As a person types it: `daemon start`; empty for the program itself. */
  readonly path: string;
  readonly command: Command;
  readonly isGroup: boolean;
}

/** Every command and every group of commands that a person is shown, the program itself first. */
export function commandTree(): TreeEntry[] {
  const visit = (command: Command, path: string): TreeEntry[] => [
    { path, command, isGroup: command.commands.length > 0 },
    ...shown(command).flatMap((child) =>
      visit(child, path === '' ? child.name() : `${path} ${child.name()}`),
    ),
  ];
  return visit(program(), '');
}

/** Without what only scripts call, and without `help`, which is `--help`. */
function shown(command: Command): readonly Command[] {
  const visible = command.createHelp().visibleCommands(command);
  return visible.filter((child) => child.name() !== 'help');
}

/** What `--help` prints. */
export function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (piece) => {
      text += piece;
    },
  });
  command.outputHelp();
  return text;
}

/** The lines after `$ ` under Examples. */
export function examplesOf(command: Command): string[] {
  return [...helpOf(command).matchAll(/^ {2}\$ (.+)$/gm)].map(([, line = '']) => line);
}
