/** Name of the channel over which a test makes the library's thread crash. */
export const crashChannel = "stenograph-test-crash-library";
