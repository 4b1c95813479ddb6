/** Where `sst dev` has its databases: on this machine, beside nothing that usually listens. */
export const localDatabase = { host: "127.0.0.1", port: 15_432, username: "vsl", password: "vsl", database: "vsl" };
export const localCache = { host: "127.0.0.1", port: 16_379 };
