/** A failed daemon in one line, as its command line would put it. */
export function daemonFailure(error: unknown): { message: string; code: number } {
  if (!(error instanceof Error)) return { message: String(error), code: 1 };
  const code = 'exitCode' in error && typeof error.exitCode === 'number' ? error.exitCode : 1;
  return { message: `${error.name}: ${error.message}\n${error.stack ?? ''}`, code };
}
