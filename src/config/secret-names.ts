/** Which keys of a document hold a secret, by their names, and where secrets belong instead. */

const SECRET =
  /(^|_)(api_?keys?|secrets?(_?keys?)?|passwords?|passwd|passphrase|tokens?|private_?keys?|credentials?)(_|$)/;

/** `apiKey`, `API_SECRET`, `bot-token`, … */
export function looksSecret(key: string): boolean {
  const words = key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll('-', '_');
  return SECRET.test(words.toLowerCase());
}

export const SECRETS_BELONG =
  'nothing of the kind: secrets belong in a file of mode 0600, in the environment, or in systemd credentials (LoadCredential=)';

/** A replacer for `JSON.stringify`: what stands under the name of a secret is not written out. */
export function hideSecrets(key: string, value: unknown): unknown {
  return looksSecret(key) ? '(hidden)' : value;
}
