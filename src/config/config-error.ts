/** Something in the configuration or the environment is wrong. The message names the place and the mend. */
export class ConfigError extends Error {
  override readonly name: string = 'ConfigError';
}
