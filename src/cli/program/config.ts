/** What is set up before anything trades: presets, settings, and the look at all of it. */
import type { Command } from 'commander';
import { contextOf } from '../context.ts';
import { examples } from './examples.ts';

const PRECEDENCE = `
Each setting has its value from the first of these that gives one:
  a flag of \`daemon run\`   --log-level debug, --metrics-listen 127.0.0.1:9464
  the environment          BREAKOUT_SECTION_KEY, as in
                           BREAKOUT_LOG_LEVEL=debug             log.level
                           BREAKOUT_METRICS_LISTEN=[::1]:9464   metrics.listen
  the file                 config.json, where \`breakout config path\` says
  the default

Objects and null are written as JSON in the environment. Secrets are no
settings.`;

export function presets(root: Command): void {
  root.commandsGroup('Setting up:');
  const group = root
    .command('presets')
    .description('what to trade by: list, show in full, check')
    .addHelpText(
      'after',
      examples([
        'breakout presets',
        'breakout presets show breakout_v1',
        'breakout presets validate ./mine.json',
      ]),
    );

  group
    .command('list', { isDefault: true })
    .description('the presets there are, and what is wrong with those that cannot be used (the default)')
    .addHelpText('after', examples(['breakout presets', 'breakout presets list --json']))
    .action(async (_options, command) => {
      const { presetsList } = await import('../commands/presets.ts');
      await presetsList(contextOf(command));
    });

  group
    .command('show <name>')
    .description('one preset with every value that it trades by')
    .addHelpText(
      'after',
      examples(['breakout presets show breakout_v1', 'breakout presets show mine --json']),
    )
    .action(async (name, _options, command) => {
      const { presetsShow } = await import('../commands/presets.ts');
      await presetsShow(contextOf(command), name);
    });

  group
    .command('validate <file>')
    .description('check a preset file; says everything that is wrong with it, and needs no daemon')
    .addHelpText('after', examples(['breakout presets validate ./mine.json']))
    .action(async (file, _options, command) => {
      const { presetsValidate } = await import('../commands/presets.ts');
      await presetsValidate(contextOf(command), file);
    });
}

export function config(root: Command): void {
  root.commandsGroup('Setting up:');
  const group = root
    .command('config')
    .description('the settings of the daemon: show, validate, path, schema')
    .addHelpText('after', PRECEDENCE)
    .addHelpText(
      'after',
      examples([
        'breakout config show',
        'BREAKOUT_LOG_LEVEL=debug breakout config show',
        'breakout config validate',
        'breakout config path',
      ]),
    );

  group
    .command('show')
    .description('every setting as a daemon started here would have it, and where it is from')
    .addHelpText('after', PRECEDENCE)
    .addHelpText('after', examples(['breakout config show', 'breakout config show --json']))
    .action(async (_options, command) => {
      const { configShow } = await import('../commands/config.ts');
      configShow(contextOf(command));
    });

  group
    .command('validate [file]')
    .description('check a file, or else config.json together with the environment')
    .addHelpText('after', examples(['breakout config validate', 'breakout config validate ./config.json']))
    .action(async (file, _options, command) => {
      const { configValidate } = await import('../commands/config.ts');
      configValidate(contextOf(command), file);
    });

  group
    .command('path')
    .description('where config.json is looked for, whether it is there or not')
    .addHelpText('after', examples(['breakout config path']))
    .action(async (_options, command) => {
      const { configPath } = await import('../commands/config.ts');
      configPath(contextOf(command));
    });

  group
    .command('schema')
    .description('the JSON schema of config.json, for editors')
    .addHelpText('after', examples(['breakout config schema']))
    .action(async (_options, command) => {
      const { configSchema } = await import('../commands/config.ts');
      configSchema(contextOf(command));
    });
}

export function doctor(root: Command): void {
  root.commandsGroup('Setting up:');
  root
    .command('doctor')
    .description('look at all that a daemon needs here: each line pass, warn or fail, with the fix')
    .option(
      '--ask-exchanges',
      'ask each exchange about its key too, as `keys check` does; else no network is used',
    )
    .addHelpText('after', '\nExits with 1 when a check has failed, else with 0. Changes nothing.')
    .addHelpText(
      'after',
      examples(['breakout doctor', 'breakout doctor --json', 'breakout doctor --ask-exchanges']),
    )
    .action(async (options, command) => {
      const { doctor: look } = await import('../commands/doctor.ts');
      await look(() => contextOf(command), options);
    });
}
