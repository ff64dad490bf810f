/** Parameter values that came in pieces by COM_STMT_SEND_LONG_DATA, for the next execution of one prepared statement. */
export class LongValues {
  /** The commands that sent them. */
  readonly seqs: number[] = [];
  /** Bytes of all values together. */
  bytes = 0;
  private readonly keep: boolean;
  private readonly mostBytes: number;
  private readonly pieces = new Map<number, Buffer[]>();

  /** `keep`: whether the values themselves are wanted; none are kept once they have more than `mostBytes` together. */
  constructor(keep: boolean, mostBytes = Number.POSITIVE_INFINITY) {
    this.keep = keep;
    this.mostBytes = mostBytes;
  }

  /** Whether there were too many bytes for the values to be kept. */
  get tooLong(): boolean {
    return this.keep && this.bytes > this.mostBytes;
  }

  /** Adds a piece to the value of a parameter, by its index. The piece is copied. */
  add(seq: number, index: number, piece: Buffer): void {
    this.seqs.push(seq);
    this.bytes += piece.length;
    const pieces = this.pieces.get(index) ?? [];
    if (this.tooLong) for (const kept of this.pieces.values()) kept.length = 0;
    else if (this.keep) pieces.push(Buffer.from(piece));
    this.pieces.set(index, pieces);
  }

  /** Whole values by parameter index; empty ones where they are not kept. */
  joined(): ReadonlyMap<number, Buffer> {
    return new Map([...this.pieces].map(([index, pieces]) => [index, Buffer.concat(pieces)]));
  }
}
