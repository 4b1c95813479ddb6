/** Something that we cannot do without does not answer. Nothing was promised yet; the same call may be made again. */
export class Unavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "Unavailable";
  }
}
