import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ThreadQuestions } from "../../../../proxy/relay/thread-questions.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function questions() {
  const sent: number[] = [];
  const asked = new ThreadQuestions({ longestMs: 100, mostAtOnce: 2, late: "late", busy: "busy" });
  return { asked, sent, ask: () => asked.ask((request) => sent.push(request)) };
}

it("gives each question its own answer, in whatever order they come", async () => {
  const { asked, sent, ask } = questions();
  const answers = Promise.all([ask(), ask()]);
  asked.answered(sent[1] as number, "second");
  asked.answered(sent[0] as number, "first");
  expect(await answers).toEqual(["first", "second"]);
});

it("answers by itself where no answer comes in time, and takes none after that", async () => {
  const { asked, sent, ask } = questions();
  const answer = ask();
  vi.advanceTimersByTime(100);
  asked.answered(sent[0] as number, "too late");
  expect(await answer).toBe("late");
});

it("asks no more than some questions at once", async () => {
  const { asked, sent, ask } = questions();
  const [first] = [ask(), ask()];
  expect(await ask()).toBe("busy");
  expect(sent).toHaveLength(2);
  asked.answered(sent[0] as number, "first");
  expect(await first).toBe("first");
  void ask();
  expect(sent).toHaveLength(3);
});
