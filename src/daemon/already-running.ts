/** Another daemon has the state folder or the socket. */
export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning';
  /** EX_TEMPFAIL; a supervisor is told not to try again on it. */
  readonly exitCode = 75;
}
