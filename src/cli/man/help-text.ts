import type { Command } from 'commander';

/** What `--help` says behind the options: the texts and examples that were added to the command. */
export function textAfterHelp(command: Command): string {
  let told = '';
  command.configureOutput({ writeOut: (text) => (told += text) });
  command.outputHelp();
  return told.slice(command.helpInformation().length).trim();
}
