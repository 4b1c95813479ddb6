/** Lambda's own limits of a synchronous invocation. */
export const maxRequestBytes = 6_291_456;
export const maxResponseBytes = 6_291_556;

/** What Lambda takes for an invocation that nobody waits for. */
export const maxAsynchronousRequestBytes = 1_048_576;

/** What an account may run at once; functions without a reservation share it. */
export const accountConcurrency = 1000;
