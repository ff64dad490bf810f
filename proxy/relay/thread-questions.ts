/** Questions of the relay's thread that the main thread answers, each within a time limit. */
export interface QuestionLimits<Answer> {
  /** The longest that an answer is waited for. */
  readonly longestMs: number;
  readonly mostAtOnce: number;
  /** The answer where none came in time. */
  readonly late: Answer;
  /** The answer where too much is asked at once. */
  readonly busy: Answer;
}

export class ThreadQuestions<Answer> {
  private readonly limits: QuestionLimits<Answer>;
  private readonly open = new Map<number, (answer: Answer) => void>();
  private last = 0;

  constructor(limits: QuestionLimits<Answer>) {
    this.limits = limits;
  }

  /** Asks with `send`, which is given the number of the question; there is always an answer. */
  ask(send: (request: number) => void): Promise<Answer> {
    const { longestMs, mostAtOnce, late, busy } = this.limits;
    if (this.open.size >= mostAtOnce) return Promise.resolve(busy);
    this.last += 1;
    const request = this.last;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const limit = setTimeout(() => this.answered(request, late), longestMs);
    this.open.set(request, (answer) => {
      clearTimeout(limit);
      resolve(answer);
    });
    send(request);
    return promise;
  }

  /** An answer to what nobody waits for any more says nothing. */
  answered(request: number, answer: Answer): void {
    const resolve = this.open.get(request);
    this.open.delete(request);
    resolve?.(answer);
  }
}
