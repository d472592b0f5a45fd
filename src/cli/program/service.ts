/** `breakout service`: its commands, options and help. */
import { type Command, Option } from 'commander';
import { contextOf } from '../context.ts';
import { examples } from './examples.ts';

const INSTALL = examples([
  'sudo breakout service install',
  'breakout service install --user --now',
  'breakout --instance second service install --user',
  'breakout service install --system --unit-dir ./units',
]);
const UNINSTALL = examples([
  'sudo breakout service uninstall',
  'breakout service uninstall --user',
  'breakout service uninstall --unit-dir ./units',
]);
const PRINT = examples([
  'breakout service print --system',
  'breakout --instance second service print --user',
  'breakout service print --system --json',
]);

const WAYS = `
Two ways:
  --system  runs from boot as a user of its own. State: /var/lib/breakout,
            configuration: /etc/breakout, socket: /run/breakout, for root alone:
            sudo breakout --socket /run/breakout/breakout.sock status
  --user    runs as you, over the same folders as your own commands;
            \`loginctl enable-linger\` keeps it running while you are logged out

Further instances (--instance NAME) are units of their own, breakout@NAME.`;

export function service(root: Command): void {
  root.commandsGroup('The process:');
  const group = root
    .command('service')
    .description('the daemon as a service of systemd')
    .addHelpText('after', WAYS)
    .addHelpText(
      'after',
      examples([
        'breakout service print --user',
        'breakout service install --user',
        'breakout service uninstall --user',
      ]),
    );

  withUnit(group.command('install'))
    .description('write the unit, and say what comes next; again after Node or the package has moved')
    .option('--now', 'enable and start it as well')
    .option('--force', 'replace a unit of that name that was not made here')
    .addHelpText('after', WAYS)
    .addHelpText('after', INSTALL)
    .action(async (options, command) => {
      const { serviceInstall } = await import('../commands/service.ts');
      await serviceInstall(contextOf(command), options);
    });

  withPlace(group.command('uninstall'))
    .description('stop the service and remove its unit; state, configuration and positions stay')
    .addHelpText('after', UNINSTALL)
    .action(async (options, command) => {
      const { serviceUninstall } = await import('../commands/service.ts');
      await serviceUninstall(contextOf(command), options);
    });

  withUnit(group.command('print'))
    .description('the unit on stdout; nothing is written')
    .addHelpText('after', PRINT)
    .action(async (options, command) => {
      const { servicePrint } = await import('../commands/service.ts');
      await servicePrint(contextOf(command), options);
    });
}

function withPlace(command: Command): Command {
  return command
    .addOption(new Option('--system', "the machine's systemd (default for root)").conflicts('user'))
    .option('--user', 'your own systemd (default for everybody else)')
    .option('--unit-dir <dir>', 'a folder for the unit, as packages need it; systemd is then left alone');
}

function withUnit(command: Command): Command {
  return withPlace(command)
    .option('--run-as <user>', '--system: an account that is there (default: one that systemd makes)')
    .option(
      '--credential <name:path>',
      'a file with a key, given to the daemon alone by systemd; may be given again',
      (given: string, before: readonly string[] = []) => [...before, given],
    );
}
