/** An order that cannot be sent as it was asked for. Nothing was sent. */
export class Unsendable extends Error {
  override readonly name = 'Unsendable';
}
