/** Where the daemon is killed: the point, what is to be done there, and what leads it there. */

/** What a person does before the kill. `again`: it was killed while trading, and is killed once more while recovering. */
export type Scenario =
  | 'start'
  | 'trade'
  | 'rest'
  | 'calm'
  | 'pause'
  | 'stop'
  | 'flatten'
  | 'panic'
  | 'end'
  | 'again';

export interface Cell {
  readonly what: string;
  readonly place: string;
  readonly scenario: Scenario;
  /** It is killed when the place is reached for a time drawn from 1 to this. */
  readonly upTo: number;
  /** Tried in every run of the tests. */
  readonly share?: true;
}

export const CELLS: readonly Cell[] = [
  { scenario: 'start', upTo: 1, place: 'session.row', what: 'a session is begun, nothing of it is durable' },
  {
    scenario: 'start',
    upTo: 1,
    place: 'session.opened',
    what: 'its row waits for the start to be durable with it',
  },
  { scenario: 'start', upTo: 1, place: 'input.observed:instruments', what: 'after the instruments' },
  {
    scenario: 'start',
    // The warm-up of these presets has some 340.
    upTo: 300,
    place: 'input.observed:bars,history',
    what: 'during the warm-up',
    share: true,
  },
  { scenario: 'start', upTo: 1, place: 'input.decided:ready', what: 'at the end of the warm-up' },
  { scenario: 'start', upTo: 1, place: 'reply.due:start', what: 'a start is committed, not answered' },

  { scenario: 'trade', upTo: 30, place: 'input.came:bars,live', what: 'before candles are decided on' },
  {
    scenario: 'trade',
    upTo: 8,
    place: 'input.decided:submit-entry',
    what: 'an entry decided, not written down',
  },
  {
    scenario: 'trade',
    upTo: 8,
    place: 'input.observed:submit-entry',
    what: 'an entry written down, not committed',
  },
  { scenario: 'trade', upTo: 60, place: 'commit.asked', what: 'before a commit' },
  { scenario: 'trade', upTo: 60, place: 'commit.marked', what: 'in a commit: marked as begun' },
  { scenario: 'trade', upTo: 60, place: 'commit.begun', what: 'in a commit: after BEGIN' },
  { scenario: 'trade', upTo: 60, place: 'commit.written', what: 'in a commit: rows written' },
  {
    scenario: 'trade',
    upTo: 60,
    place: 'commit.synced',
    what: 'in a commit: synced, not marked',
    share: true,
  },
  { scenario: 'trade', upTo: 60, place: 'commit.done', what: 'after a commit' },
  {
    scenario: 'trade',
    upTo: 8,
    place: 'submit.committed:entry',
    what: 'an entry committed, not sent',
    share: true,
  },
  {
    scenario: 'trade',
    upTo: 8,
    place: 'venue.asked:submit,entry',
    what: 'an entry at the venue, not in its books',
  },
  {
    scenario: 'trade',
    upTo: 8,
    place: 'venue.wrote:submit,entry',
    what: 'an entry in its books, not acted on',
  },
  { scenario: 'trade', upTo: 8, place: 'venue.acted:submit,entry', what: 'an entry acted on, not answered' },
  {
    scenario: 'trade',
    upTo: 8,
    place: 'report.came:accepted,entry',
    what: 'an entry accepted, not written down',
  },
  {
    scenario: 'trade',
    upTo: 8,
    place: 'report.came:fill,entry',
    what: 'a fill of an entry, not written down',
    share: true,
  },
  {
    scenario: 'trade',
    upTo: 3,
    place: 'report.applied:fill,entry,part',
    what: 'between two fills of one entry',
  },
  {
    scenario: 'trade',
    upTo: 8,
    place: 'input.decided:order,submit-stop',
    what: 'a stop decided, not written down',
  },
  {
    scenario: 'trade',
    upTo: 8,
    place: 'submit.committed:stop',
    what: 'a filled entry before its stop is sent',
  },
  {
    scenario: 'trade',
    upTo: 8,
    place: 'venue.wrote:submit,stop',
    what: 'a stop in the books of the venue, not acted on',
  },
  { scenario: 'trade', upTo: 8, place: 'venue.acted:submit,stop', what: 'a stop placed, not answered' },
  { scenario: 'trade', upTo: 8, place: 'report.applied:accepted,stop', what: 'after the stop is placed' },
  { scenario: 'trade', upTo: 8, place: 'submit.committed:tp1', what: 'before the first target is sent' },
  { scenario: 'trade', upTo: 8, place: 'amend.committed:stop', what: 'before a stop is moved' },
  { scenario: 'trade', upTo: 8, place: 'venue.wrote:amend', what: 'a moved stop in the books, not acted on' },
  { scenario: 'trade', upTo: 8, place: 'venue.acted:amend', what: 'a stop moved, not answered' },
  { scenario: 'trade', upTo: 8, place: 'report.applied:amended', what: 'after a stop is moved' },
  {
    scenario: 'trade',
    upTo: 8,
    place: 'venue.filled',
    what: 'the venue filled on its walk, not in its books',
    share: true,
  },
  { scenario: 'trade', upTo: 8, place: 'venue.reached', what: 'the venue filled on its walk, nobody told' },
  { scenario: 'trade', upTo: 6, place: 'report.came:fill,tp1', what: 'a target filled, not written down' },
  { scenario: 'trade', upTo: 6, place: 'report.applied:fill,tp1', what: 'a target filled and written down' },
  { scenario: 'trade', upTo: 4, place: 'report.came:fill,stop', what: 'a stop filled, not written down' },
  { scenario: 'trade', upTo: 3, place: 'submit.committed:exit', what: 'an exit committed, not sent' },
  { scenario: 'trade', upTo: 3, place: 'report.came:fill,exit', what: 'an exit filled, not written down' },
  { scenario: 'rest', upTo: 6, place: 'cancel.committed:entry', what: 'before a resting entry is cancelled' },
  {
    scenario: 'rest',
    upTo: 6,
    place: 'venue.wrote:cancel,entry',
    what: 'a cancel in the books, not acted on',
  },
  {
    scenario: 'rest',
    upTo: 6,
    place: 'report.came:cancelled,entry',
    what: 'a cancel acted on, not written down',
  },
  { scenario: 'rest', upTo: 6, place: 'report.applied:cancelled,entry', what: 'a cancel written down' },
  { scenario: 'calm', upTo: 1, place: 'venue.snapshot', what: "after a snapshot of the venue's books" },

  { scenario: 'pause', upTo: 1, place: 'input.came:command,pause', what: 'a pause not written down' },
  {
    scenario: 'pause',
    upTo: 1,
    place: 'input.observed:command,pause',
    what: 'a pause committed, nothing done',
  },
  { scenario: 'pause', upTo: 1, place: 'reply.due:pause', what: 'a pause committed, not answered' },
  { scenario: 'pause', upTo: 20, place: 'commit.done:after-pause', what: 'while it is paused' },
  { scenario: 'stop', upTo: 1, place: 'input.observed:command,stop', what: 'a stop committed, nothing done' },
  { scenario: 'stop', upTo: 1, place: 'reply.due:stop', what: 'a stop done, not answered' },
  {
    scenario: 'flatten',
    upTo: 2,
    place: 'report.came:fill,exit,after-stop',
    what: 'a stop that closes: an exit filled',
  },

  { scenario: 'panic', upTo: 1, place: 'input.came:command,emergencyStop', what: 'a panic not written down' },
  {
    scenario: 'panic',
    upTo: 1,
    place: 'input.observed:command,emergencyStop',
    what: 'a panic committed, nothing done',
  },
  {
    scenario: 'panic',
    upTo: 1,
    place: 'report.applied:cancelled,after-emergencyStop',
    what: 'a panic: orders cancelled',
  },
  {
    scenario: 'panic',
    upTo: 1,
    place: 'submit.committed:exit,after-emergencyStop',
    what: 'a panic: an exit committed, not sent',
  },
  {
    scenario: 'panic',
    upTo: 1,
    place: 'venue.acted:submit,exit,after-emergencyStop',
    what: 'a panic: an exit sent, not answered',
    share: true,
  },
  {
    scenario: 'panic',
    upTo: 1,
    place: 'report.applied:fill,exit,after-emergencyStop',
    what: 'a panic: an exit filled',
  },
  {
    scenario: 'panic',
    upTo: 1,
    place: 'query.asked:after-emergencyStop',
    what: 'a panic: before it is verified flat',
  },
  { scenario: 'panic', upTo: 1, place: 'reply.due:emergencyStop', what: 'a panic done, not answered' },

  { scenario: 'end', upTo: 1, place: 'shutdown.told', what: 'a shutdown decided, entries not all cancelled' },
  { scenario: 'end', upTo: 1, place: 'snapshot.taken', what: 'a shutdown: the snapshot taken, not written' },
  {
    scenario: 'end',
    upTo: 1,
    place: 'commit.written:snapshot',
    what: 'a shutdown: in the commit of the snapshot',
  },
  {
    scenario: 'end',
    upTo: 1,
    place: 'close.checkpointed',
    what: 'a shutdown: before the mark of a clean end',
  },
  { scenario: 'end', upTo: 1, place: 'close.marked', what: 'a shutdown: after the mark of a clean end' },

  { scenario: 'again', upTo: 1, place: 'recovery.restored', what: 'a recovery: the snapshot is loaded' },
  {
    scenario: 'again',
    upTo: 300,
    place: 'recovery.retraced',
    what: 'a recovery: in the middle of the inputs',
  },
  { scenario: 'again', upTo: 1, place: 'recovery.comparing', what: 'a recovery: before the corrections' },
  { scenario: 'again', upTo: 1, place: 'recovery.corrected', what: 'a recovery: after a correction' },
  {
    scenario: 'again',
    upTo: 1,
    place: 'recovery.reconciled',
    what: 'a recovery: before the snapshot',
    share: true,
  },
  {
    scenario: 'again',
    upTo: 1,
    place: 'commit.written:recovering,snapshot',
    what: 'a recovery: in the commit of the snapshot',
  },
  { scenario: 'again', upTo: 1, place: 'recovery.saved', what: 'a recovery: done, nothing gone on' },
];
