import type { Command } from 'commander';
import { type Paths, resolvePaths } from '../config/paths.ts';
import { Output } from './output.ts';

/** What every command gets: where to speak, where the daemon is. */
export interface Context {
  readonly output: Output;
  readonly paths: Paths;
  readonly env: NodeJS.ProcessEnv;
}

export interface GlobalOptions {
  readonly socket?: string;
  readonly instance?: string;
  readonly json?: boolean;
}

/** @throws ConfigError for a bad instance name or a socket path that is too long. */
export function contextOf(command: Command): Context {
  const { socket, instance, json } = command.optsWithGlobals<GlobalOptions>();
  return {
    output: new Output(process.stdout, process.stderr, process.env, json === true),
    paths: resolvePaths({ env: process.env, socket, instance }),
    env: process.env,
  };
}
