/** `breakout keys`: its options and help. */
import type { Command } from 'commander';
import { contextOf } from '../context.ts';
import { examples } from './examples.ts';

const WHERE = `
Keys are taken from the first of these places that has them, here for bybit:

  systemd      $CREDENTIALS_DIRECTORY/breakout-bybit, which systemd makes of
               LoadCredential=breakout-bybit:/etc/breakout/bybit.keys
               in the unit, written there by
                 breakout service install \\
                   --credential breakout-bybit:/etc/breakout/bybit.keys
               or, encrypted to this machine, of LoadCredentialEncrypted=
               (\`systemctl edit\`) and a file made with
                 systemd-creds encrypt --name=breakout-bybit \\
                   bybit.keys /etc/breakout/bybit.cred
  environment  BREAKOUT_BYBIT_API_KEY, BREAKOUT_BYBIT_SECRET and, where the
               exchange wants one, BREAKOUT_BYBIT_PASSPHRASE
  file         bybit.keys in the folder of the configuration, mode 0600 and
               owned by the user that runs the daemon; made, unseen by others
               and by the shell's history, with
                 (umask 077; cat > ~/.config/breakout/bybit.keys)

Both files hold lines \`api_key = …\`, \`secret = …\`, \`passphrase = …\`. Keys
never go onto a command line, into config.json or into a preset.

This looks where a daemon started from this shell would look: a service has an
environment and credentials of its own.

The key needs the rights to read and to trade, never the one to withdraw: with
that a live start is refused. Bind it to the address of this machine.`;

export function keys(root: Command): void {
  root.commandsGroup('Setting up:');
  const group = root
    .command('keys')
    .description('the keys of exchanges: where they are, and what the exchange says of them')
    .addHelpText('after', WHERE)
    .addHelpText('after', examples(['breakout keys list', 'breakout keys check --exchange bybit']));

  group
    .command('list')
    .description('where keys are looked for and where there are any; asks no exchange')
    .option('--exchange <name>', 'as ccxt names it, such as bybit (default: all that are set up)')
    .addHelpText('after', WHERE)
    .addHelpText('after', examples(['breakout keys list', 'breakout keys list --exchange bybit --json']))
    .action(async (options, command) => {
      const { keysList } = await import('../commands/keys.ts');
      keysList(contextOf(command), options);
    });

  group
    .command('check')
    .description('ask exchanges about their keys: rights, account, fit for a live start')
    .option('--exchange <name>', 'as ccxt names it, such as bybit (default: all that are set up)')
    .addHelpText(
      'after',
      `
Nothing is ordered and no mode is changed; no daemon is needed, and one that
runs is not disturbed. Exits with 0 when nothing stands against a live start,
with 1 when something does: each finding says what mends it.`,
    )
    .addHelpText(
      'after',
      examples(['breakout keys check', 'breakout keys check --exchange bybit', 'breakout keys check --json']),
    )
    .action(async (options, command) => {
      const { keysCheck } = await import('../commands/keys.ts');
      await keysCheck(contextOf(command), options);
    });
}
