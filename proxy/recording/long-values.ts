/** Parameter values that came in pieces by COM_STMT_SEND_LONG_DATA, for the next execution of one prepared statement. */
export class LongValues {
  /** The commands that sent them. */
  readonly seqs: number[] = [];
  private readonly keep: boolean;
  private readonly pieces = new Map<number, Buffer[]>();

  /** `keep`: whether the values themselves are wanted. */
  constructor(keep: boolean) {
    this.keep = keep;
  }

  /** Adds a piece to the value of a parameter, by its index. The piece is copied. */
  add(seq: number, index: number, piece: Buffer): void {
    this.seqs.push(seq);
    const pieces = this.pieces.get(index) ?? [];
    if (this.keep) pieces.push(Buffer.from(piece));
    this.pieces.set(index, pieces);
  }

  /** Whole values by parameter index; empty ones where they are not kept. */
  joined(): ReadonlyMap<number, Buffer> {
    return new Map([...this.pieces].map(([index, pieces]) => [index, Buffer.concat(pieces)]));
  }
}
