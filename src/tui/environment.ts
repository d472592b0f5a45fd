/**
 * To be called before React and Ink are loaded: both look at the environment once. React without `production` keeps
 * a record of every render, which grows for as long as the view is open; Ink draws nothing where it takes the machine
 * for a build server, and a trader's shell may well have CI set.
 */
export function prepareEnvironment(env: NodeJS.ProcessEnv): void {
  env.NODE_ENV = 'production';
  env.CI = 'false';
  env.CONTINUOUS_INTEGRATION = 'false';
}
