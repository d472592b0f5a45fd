/** A later version of the same package, under a name of its own; it has the same surface. */
declare module 'better-sqlite3-napi' {
  import Driver from 'better-sqlite3';
  export default Driver;
}
