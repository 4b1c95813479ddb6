/* This file is made by "npm run synth". Do not edit. */
/* biome-ignore-all lint: generated */

declare module "sst" {
  export interface Resource {
    "Access": {
      "mode": string
      "type": "sst.sst.Linkable"
    }
    "Api": {
      "type": "sst.aws.ApiGatewayV2"
      "url": string
    }
    "BridgeDeadLetters": {
      "type": "sst.aws.Queue"
      "url": string
    }
    "BridgeQueue": {
      "type": "sst.aws.Queue"
      "url": string
    }
    "BridgeWebhook": {
      "name": string
      "type": "sst.aws.Function"
    }
    "Bus": {
      "arn": string
      "name": string
      "type": "sst.aws.Bus"
    }
    "Cache": {
      "host": string
      "port": number
      "type": "sst.sst.Linkable"
    }
    "Database": {
      "database": string
      "host": string
      "password": string
      "port": number
      "type": "sst.aws.Postgres"
      "username": string
    }
    "IntakeDeadLetters": {
      "type": "sst.aws.Queue"
      "url": string
    }
    "IntakeHttp": {
      "name": string
      "type": "sst.aws.Function"
    }
    "IntakePreview": {
      "name": string
      "type": "sst.aws.Function"
    }
    "IntakeQueue": {
      "type": "sst.aws.Queue"
      "url": string
    }
    "LedgerDeadLetters": {
      "type": "sst.aws.Queue"
      "url": string
    }
    "LedgerMigrate": {
      "name": string
      "type": "sst.aws.Function"
    }
    "LedgerPreview": {
      "name": string
      "type": "sst.aws.Function"
    }
    "LedgerQueue": {
      "type": "sst.aws.Queue"
      "url": string
    }
    "Media": {
      "name": string
      "type": "sst.aws.Bucket"
    }
    "MediaLinkSecret": {
      "type": "sst.sst.Secret"
      "value": string
    }
    "Predictions": {
      "name": string
      "type": "sst.aws.Dynamo"
    }
    "RealtimeJobs": {
      "name": string
      "type": "sst.aws.Dynamo"
    }
    "Replicate": {
      "baseUrl": string
      "outputHosts": string
      "type": "sst.sst.Linkable"
    }
    "ReplicateApiToken": {
      "type": "sst.sst.Secret"
      "value": string
    }
    "ReplicateWebhookSecret": {
      "type": "sst.sst.Secret"
      "value": string
    }
    "StorageDeadLetters": {
      "type": "sst.aws.Queue"
      "url": string
    }
    "StorageHttp": {
      "name": string
      "type": "sst.aws.Function"
    }
    "StorageQueue": {
      "type": "sst.aws.Queue"
      "url": string
    }
  }
}

import "sst";
export {};
