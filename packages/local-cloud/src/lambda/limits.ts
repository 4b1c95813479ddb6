/** Lambda's own limits of a synchronous invocation. */
export const maxRequestBytes = 6_291_456;
export const maxResponseBytes = 6_291_556;

/** What an account may run at once; functions without a reservation share it. */
export const accountConcurrency = 1000;
