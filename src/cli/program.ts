/**
 * The commands, their options and their help. A command's module is loaded only when that command runs, so
 * that `breakout status` stays as quick as the process that holds it.
 */
import { Command } from 'commander';
import { packageInfo } from '../config/package.ts';
import { config, doctor, presets } from './program/config.ts';
import { daemon } from './program/daemon.ts';
import { data } from './program/data.ts';
import { examples } from './program/examples.ts';
import { history } from './program/history.ts';
import { journal } from './program/journal.ts';
import { keys } from './program/keys.ts';
import { live } from './program/live.ts';
import { logs } from './program/logs.ts';
import { reading } from './program/reading.ts';
import { service } from './program/service.ts';
import { shell } from './program/shell.ts';
import { trading } from './program/trading.ts';

const EXIT_CODES = `
Exit codes:
  0  done
  1  the daemon said no, or it could not be done
  2  no daemon answers (only \`start\` and \`daemon start\` ever start one)
  3  the command line is wrong`;

export function program(): Command {
  const root = new Command('breakout')
    .description('An unattended range-breakout trading daemon and its command line')
    .version(packageInfo().version)
    .option('--socket <path>', "the daemon's socket (else BREAKOUT_SOCKET, else the default place)")
    .option('--instance <name>', 'which bot, where several run')
    .option('--json', 'one JSON document on stdout, all else on stderr')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .exitOverride()
    .addHelpText('after', EXIT_CODES)
    .addHelpText(
      'after',
      examples([
        'breakout start --preset breakout_v1',
        'breakout status',
        'breakout stop',
        'breakout start --help',
      ]),
    );
  trading(root);
  live(root);
  reading(root);
  history(root);
  journal(root);
  data(root);
  logs(root);
  presets(root);
  daemon(root);
  service(root);
  config(root);
  keys(root);
  doctor(root);
  shell(root);
  tellErrors(root, 'breakout');
  return root;
}

/** What is wrong with a command line is told with the way to the help of that very command. */
function tellErrors(command: Command, path: string): void {
  command.configureOutput({ outputError: (text, write) => write(`breakout: ${oneLine(text, path)}\n`) });
  for (const child of command.commands) tellErrors(child, `${path} ${child.name()}`);
}

/** Commander's refusal as one line, with the way to the help behind it. */
function oneLine(text: string, path: string): string {
  const told = text
    .trim()
    .replace(/^error: /, '')
    .replaceAll('\n', ' ');
  return `${told} (see \`${path} --help\`)`;
}
