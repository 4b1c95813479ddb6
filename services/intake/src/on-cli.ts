import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { type AccountId, accountIdSchema, Rejected } from "@vsl/events";
import { createKeyTable } from "./adapters/dynamo-api-keys.ts";
import { createDocumentClient } from "./adapters/dynamo-client.ts";
import { createApiKey, listApiKeys, revokeApiKey } from "./api-keys.ts";

interface Connection {
  /** Where the stage is and who asks; nothing for AWS as the environment has it. */
  client: DynamoDBClientConfig;
  tableName: string;
}

/** What an operator does with a stage's API keys. A key is named by its account and its beginning: `acme/3f2a1b2c3d4e`. */
export function openApiKeys({ client, tableName }: Connection) {
  const table = createKeyTable({ client: createDocumentClient(client), tableName });
  return {
    async create({ account, name }: { account: string; name: string }) {
      const accountId = parseAccount(account);
      const { key, keyId } = await createApiKey(table, { accountId, name });
      return { key, id: idOf({ accountId, keyId }) };
    },

    async list(account: string) {
      const keys = await listApiKeys(table, parseAccount(account));
      return keys.map((key) => ({ ...key, id: idOf(key) }));
    },

    async revoke(id: string) {
      const [account = "", keyId = "", ...more] = id.split("/");
      if (keyId === "" || more.length > 0)
        throw new Rejected("key.id", `"${id}" is no key's id, such as acme/3f2a1b2c3d4e`);
      const key = await revokeApiKey(table, { accountId: parseAccount(account), keyId });
      return { ...key, id: idOf(key) };
    },
  };
}

const idOf = ({ accountId, keyId }: { accountId: AccountId; keyId: string }) => `${accountId}/${keyId}`;

function parseAccount(text: string): AccountId {
  const account = accountIdSchema.safeParse(text);
  if (account.success) return account.data;
  throw new Rejected("account.invalid", `"${text}" is no account: 1 to 64 letters, digits, _ and -`);
}
