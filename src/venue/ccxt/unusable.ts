/** The exchange cannot be used in that way; the message says why. */
export class VenueUnusable extends Error {
  override readonly name = 'VenueUnusable';
}
