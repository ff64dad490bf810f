/**
 * Set up before unit tests: property tests draw the same values at each run, so that a failure is of the change at hand
 * and not of luck, and shrink for a limited time. `STENOGRAPH_SEED=random` (or a number) draws others: for looking for bugs.
 */
import fc from "fast-check";

const given = process.env.STENOGRAPH_SEED;
const seed = given === "random" ? Math.trunc(Math.random() * 2 ** 31) : Number(given ?? 20_261_122);

fc.configureGlobal({ seed, interruptAfterTimeLimit: 15_000, markInterruptAsFailure: false });
