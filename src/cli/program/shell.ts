/** What makes the program at home in a shell: completion and manual pages. */
import { Argument, type Command } from 'commander';
import type { Shell } from '../completion/scripts.ts';
import { contextOf } from '../context.ts';
import type { PageName } from '../man/pages.ts';
import { examples } from './examples.ts';

const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish'];

const PAGES: readonly PageName[] = ['breakout', 'breakout-rpc'];

const INSTALLING = `
For the shell that is open, or in its start-up file:
  bash  source <(breakout completion bash)
        (bash 3.2: eval "$(breakout completion bash)")
  zsh   source <(breakout completion zsh)     (after compinit)
  fish  breakout completion fish | source

For good, as a file that the shell finds by itself:
  bash  ~/.local/share/bash-completion/completions/breakout
        (with the package bash-completion)
  zsh   _breakout in a folder of $fpath
  fish  ~/.config/fish/completions/breakout.fish

Names come from the daemon where one runs, and from folders: presets, symbols,
positions, orders, sessions, instances. None is started for it.`;

export function shell(root: Command): void {
  root.commandsGroup('Shell:');
  root
    .command('completion')
    .description('the completion script of a shell, on stdout')
    .addArgument(new Argument('<shell>', 'whose').choices(SHELLS))
    .addHelpText('after', INSTALLING)
    .addHelpText(
      'after',
      examples(['breakout completion bash', 'breakout completion zsh', 'breakout completion fish']),
    )
    .action(async (shell, _options, command) => {
      const { completion } = await import('../commands/completion.ts');
      completion(contextOf(command), shell);
    });

  root
    .command('man')
    .description('a manual page: shown on a terminal, else written to stdout')
    .addArgument(new Argument('[page]', 'the commands, or the protocol').choices(PAGES).default('breakout'))
    .addHelpText(
      'after',
      examples(['breakout man', 'breakout man breakout-rpc', 'breakout man > breakout.1']),
    )
    .action(async (page, _options, command) => {
      const { man } = await import('../commands/man.ts');
      man(root, contextOf(command), page);
    });

  // Asked by the completion scripts: `breakout __complete SHELL -- WORDS…`.
  root
    .command('__complete', { hidden: true })
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .argument('[words...]')
    .action(async (shell, words, _options, command) => {
      const { answer } = await import('../commands/completion.ts');
      await answer(root, contextOf(command), shell, words);
    });
}
