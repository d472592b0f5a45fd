/** Why the engine refuses a command. The wire's error registry has an entry for each. */
export type ErrorCode =
  | 'ENGINE_ALREADY_RUNNING'
  | 'ENGINE_NOT_RUNNING'
  | 'ENGINE_NOT_PAUSED'
  | 'ENGINE_NOT_IN_ERROR'
  | 'ENGINE_HALTED'
  | 'EMERGENCY_LATCHED'
  | 'EMERGENCY_IN_PROGRESS'
  | 'NOTHING_TO_RESET'
  | 'POSITIONS_OPEN'
  | 'STOP_IN_PROGRESS'
  | 'SUPERSEDED'
  | 'START_FAILED'
  | 'POSITION_UNKNOWN'
  | 'ORDER_UNKNOWN'
  | 'ORDER_NOT_CANCELLABLE'
  | 'FOREIGN_POSITION'
  | 'FOREIGN_UNKNOWN';

export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}
